"""An Airflow DAG that runs finmetrics every night: copy it into the DAG folder.

The program runs in a process of its own, as its workers are processes too. Exit code 75 (another run holds the store)
skips the task, 1 (some documents failed, the night is whole) is let pass, 3 fails it and is tried again.
"""

from __future__ import annotations

import pendulum
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

RUN = "/opt/finmetrics/bin/finmetrics batch run /srv/finmetrics/job.toml --log json"

with DAG(
    dag_id="finmetrics",
    schedule="30 2 * * *",
    start_date=pendulum.datetime(2026, 1, 1, tz="Asia/Shanghai"),
    catchup=False,
    max_active_runs=1,
    tags=["finmetrics"],
):
    BashOperator(
        task_id="run",
        bash_command=f"{RUN}; code=$?; [ $code -eq 1 ] && exit 0; exit $code",
        skip_on_exit_code=75,
        retries=2,
        retry_delay=pendulum.duration(minutes=10),
    )
