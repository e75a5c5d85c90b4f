# What wakes someone up from AWS's side; Prefect's automations watch from the other.
resource "aws_sns_topic" "alerts" {
  #checkov:skip=CKV_AWS_26:EventBridge cannot publish under the AWS-managed key, and an own one doubles the bill; messages hold ARNs and states only.
  name = "${local.name}-alerts"
}

resource "aws_sns_topic_policy" "alerts" {
  arn = aws_sns_topic.alerts.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      for service in ["budgets", "cloudwatch", "events"] : {
        Sid       = title(service)
        Effect    = "Allow"
        Principal = { Service = "${service}.amazonaws.com" }
        Action    = "sns:Publish"
        Resource  = local.topic_arn
        Condition = { StringEquals = { "aws:SourceAccount" = local.account } }
      }
    ]
  })
}

resource "aws_sns_topic_subscription" "mail" {
  count     = var.alert_email == "" ? 0 : 1
  topic_arn = aws_sns_topic.alerts.arn
  protocol  = "email"
  endpoint  = var.alert_email
}

# A run that succeeds says how old the newest tweet in silver is. Every hour of the promised span without a
# good figure counts against it, so silence is an alarm: no run at all, a failed run and stale tweets alike.
resource "aws_cloudwatch_metric_alarm" "freshness" {
  alarm_name          = "${local.name}-stale"
  alarm_description   = "No run in ${var.max_tweet_age_hours} h left a tweet younger than ${var.max_tweet_age_hours} h in silver. Look at the last runs in Prefect, then at the task's log group ${local.log_group}."
  namespace           = local.metric_namespace
  metric_name         = local.freshness_metric
  statistic           = "Minimum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.max_tweet_age_hours
  period              = 3600
  evaluation_periods  = var.max_tweet_age_hours
  datapoints_to_alarm = var.max_tweet_age_hours
  treat_missing_data  = "breaching"
  actions_enabled     = var.scheduled
  alarm_actions       = [aws_sns_topic.alerts.arn]
  ok_actions          = [aws_sns_topic.alerts.arn]
}

resource "aws_cloudwatch_event_rule" "task_failed" {
  name        = "${local.name}-task-failed"
  description = "A run's task ended with a non-zero exit, or never started"
  event_pattern = jsonencode({
    source      = ["aws.ecs"]
    detail-type = ["ECS Task State Change"]
    detail = {
      clusterArn = [local.cluster_arn]
      lastStatus = ["STOPPED"]
      "$or" = [
        { containers = { exitCode = [{ anything-but = [0] }] } },
        { stopCode = ["TaskFailedToStart"] },
      ]
    }
  })
}

resource "aws_cloudwatch_event_target" "task_failed" {
  rule = aws_cloudwatch_event_rule.task_failed.name
  arn  = aws_sns_topic.alerts.arn

  input_transformer {
    input_paths = {
      task   = "$.detail.taskArn"
      reason = "$.detail.stoppedReason"
      at     = "$.time"
    }
    input_template = "\"${local.name}: the task <task> failed at <at>: <reason>. Its lines are in ${local.log_group}.\""
  }
}

resource "aws_budgets_budget" "month" {
  name         = local.name
  budget_type  = "COST"
  limit_amount = tostring(var.monthly_budget_usd)
  limit_unit   = "USD"
  time_unit    = "MONTHLY"

  # Counts once the cost allocation tag `environment` is switched on in the billing console (README.md).
  cost_filter {
    name   = "TagKeyValue"
    values = [format("user:environment$%s", var.environment)]
  }

  dynamic "notification" {
    for_each = { ACTUAL = 80, FORECASTED = 100 }

    content {
      notification_type         = notification.key
      comparison_operator       = "GREATER_THAN"
      threshold                 = notification.value
      threshold_type            = "PERCENTAGE"
      subscriber_sns_topic_arns = [aws_sns_topic.alerts.arn]
    }
  }

  depends_on = [aws_sns_topic_policy.alerts]
}
