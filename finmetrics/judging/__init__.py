"""Gold -> scores, errors and the weights of rules/weights.yaml."""
