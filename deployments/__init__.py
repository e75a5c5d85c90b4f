"""What runs where and when: Terraform's output and `prefect.yaml` -> work pool, deployments, automations in Prefect.

    python -m deployments deploy staging        checks everything, then makes or renews all of it
    python -m deployments secret staging NAME   puts a secret's value, read from standard input, where it belongs
    python -m deployments key staging           makes the pool's AWS key and hands it to Prefect, shown to nobody

Every value has one home: AWS's names in Terraform, schedules and parameters in `prefect.yaml`, alerts in
`automations.yaml`, the pipeline's own settings in `settings/<environment>.toml`.
"""
