# Names and ARNs, built here once. Policies use them instead of resources' own attributes, so that a plan
# already shows every policy in full and `terraform test` can assert it.
locals {
  name    = "fed-by-tweets-${var.environment}"
  account = data.aws_caller_identity.here.account_id
  here    = "${var.region}:${local.account}"

  lake_bucket = "${local.name}-lake-${local.account}"
  lake_arn    = "arn:aws:s3:::${local.lake_bucket}"

  # Plain names in production, as Athena's users know them.
  database_prefix = var.environment == "production" ? "" : "${var.environment}_"
  databases = {
    for layer, folder in { bronze = "bronze/batch/tabular", silver = "silver", ops = "ops" } :
    "${local.database_prefix}${layer}" => "s3://${local.lake_bucket}/${folder}"
  }
  raw_prefix     = "bronze/batch/raw/"
  results_prefix = "athena-results/"

  cluster_arn        = "arn:aws:ecs:${local.here}:cluster/${local.name}"
  repository_arn     = "arn:aws:ecr:${local.here}:repository/${local.name}"
  log_group          = "/ecs/${local.name}"
  log_group_arn      = "arn:aws:logs:${local.here}:log-group:${local.log_group}"
  topic_arn          = "arn:aws:sns:${local.here}:${local.name}-alerts"
  task_role_arn      = "arn:aws:iam::${local.account}:role/${local.name}-task"
  execution_role_arn = "arn:aws:iam::${local.account}:role/${local.name}-execution"
  # Made by bootstrap: what the roles of this environment may do at the very most.
  boundary_arn = "arn:aws:iam::${local.account}:policy/${local.name}-boundary"

  # Secrets Manager adds six characters of its own to a secret's ARN.
  secret_names = { bearer_token = "${local.name}/x-bearer-token", prefect_api_key = "${local.name}/prefect-api-key" }
  secret_arns  = [for name in values(local.secret_names) : "arn:aws:secretsmanager:${local.here}:secret:${name}-??????"]

  # Prefect registers the task definition under this fixed family: no new family a run.
  task_family      = local.name
  metric_namespace = "FedByTweets/${var.environment}"
  freshness_metric = "NewestTweetAgeHours"
}
