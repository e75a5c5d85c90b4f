# Everything the work pool and the deployments need to know of AWS, in one object: `terraform output -json work_pool`.
output "work_pool" {
  description = "Feeds the pool's job template and the deployments; nothing in it is secret."
  value = {
    environment        = var.environment
    scheduled          = var.scheduled
    region             = var.region
    cluster            = aws_ecs_cluster.this.arn
    vpc_id             = aws_vpc.this.id
    subnets            = aws_subnet.public[*].id
    security_groups    = [aws_security_group.task.id]
    task_family        = local.task_family
    task_role_arn      = aws_iam_role.task.arn
    execution_role_arn = aws_iam_role.execution.arn
    cpu                = var.task_cpu
    memory             = var.task_memory
    architecture       = var.task_architecture
    image_repository   = aws_ecr_repository.image.repository_url
    log_group          = aws_cloudwatch_log_group.tasks.name
    bucket             = aws_s3_bucket.lake.id
    database_prefix    = local.database_prefix
    pool_user          = aws_iam_user.pool.name
    freshness_metric   = local.freshness_metric

    # The container's settings as they are, and its secrets as ECS wants them: name -> ARN.
    container_environment = {
      AWS_REGION                   = var.region
      FEDBYTWEETS_LAKE             = "s3://${aws_s3_bucket.lake.id}"
      FEDBYTWEETS_CATALOG          = "glue"
      FEDBYTWEETS_DATABASE_PREFIX  = local.database_prefix
      FEDBYTWEETS_METRIC_NAMESPACE = local.metric_namespace
    }
    container_secrets = {
      FEDBYTWEETS_X_BEARER_TOKEN = aws_secretsmanager_secret.bearer_token.arn
    }
    prefect_api_key_secret_arn = aws_secretsmanager_secret.prefect_api_key.arn
  }
}

output "athena_workgroup" {
  description = "The workgroup to choose in Athena; it holds the scan limit."
  value       = aws_athena_workgroup.lake.name
}

output "alerts_topic" {
  description = "The SNS topic of alarms, failed tasks and the budget."
  value       = aws_sns_topic.alerts.arn
}
