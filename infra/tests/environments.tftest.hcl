# What differs between the two environments, and what refuses a wrong setting.
mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
}

variables {
  environment = "production"
  region      = "sa-east-1"
  scheduled   = true
}

run "production_has_plain_database_names_in_the_lakes_folders" {
  command = plan

  assert {
    condition = { for name, database in aws_glue_catalog_database.layer : name => database.location_uri } == {
      bronze = "s3://fed-by-tweets-production-lake-123456789012/bronze/batch/tabular"
      silver = "s3://fed-by-tweets-production-lake-123456789012/silver"
      ops    = "s3://fed-by-tweets-production-lake-123456789012/ops"
    }
    error_message = "Production's databases are not bronze, silver and ops in their folders."
  }
}

run "staging_has_databases_of_its_own" {
  command = plan

  variables {
    environment = "staging"
  }

  assert {
    condition     = toset(keys(aws_glue_catalog_database.layer)) == toset(["staging_bronze", "staging_silver", "staging_ops"])
    error_message = "Staging shares a database with production."
  }
}

run "production_keeps_what_it_holds_when_destroyed" {
  command = plan

  assert {
    condition     = !aws_s3_bucket.lake.force_destroy && !aws_ecr_repository.image.force_delete && !aws_athena_workgroup.lake.force_destroy
    error_message = "A destroy would take production's lake or images with it."
  }

  assert {
    condition     = aws_secretsmanager_secret.bearer_token.recovery_window_in_days == 7 && aws_secretsmanager_secret.prefect_api_key.recovery_window_in_days == 7
    error_message = "A deleted secret of production could not be brought back."
  }
}

run "silence_raises_the_alarm_where_runs_are_scheduled" {
  command = plan

  assert {
    condition = [
      aws_cloudwatch_metric_alarm.freshness.treat_missing_data, aws_cloudwatch_metric_alarm.freshness.actions_enabled,
      aws_cloudwatch_metric_alarm.freshness.namespace, aws_cloudwatch_metric_alarm.freshness.threshold,
      aws_cloudwatch_metric_alarm.freshness.period, aws_cloudwatch_metric_alarm.freshness.evaluation_periods,
      aws_cloudwatch_metric_alarm.freshness.datapoints_to_alarm,
    ] == ["breaching", true, "FedByTweets/production", 12, 3600, 12, 12]
    error_message = "Twelve hours without a fresh tweet would go unnoticed."
  }
}

run "a_run_that_fails_or_never_starts_is_told" {
  command = plan

  assert {
    condition = jsondecode(aws_cloudwatch_event_rule.task_failed.event_pattern) == {
      source      = ["aws.ecs"]
      detail-type = ["ECS Task State Change"]
      detail = {
        clusterArn = ["arn:aws:ecs:sa-east-1:123456789012:cluster/fed-by-tweets-production"]
        lastStatus = ["STOPPED"]
        "$or" = [
          { containers = { exitCode = [{ anything-but = [0] }] } },
          { stopCode = ["TaskFailedToStart"] },
        ]
      }
    }
    error_message = "A failed task of this cluster raises no event."
  }

  assert {
    condition     = [for statement in jsondecode(aws_sns_topic_policy.alerts.policy).Statement : statement.Principal.Service] == ["budgets.amazonaws.com", "cloudwatch.amazonaws.com", "events.amazonaws.com"]
    error_message = "One of the three who tell cannot publish to the topic."
  }
}

run "a_query_cannot_scan_the_lake_without_end" {
  command = plan

  assert {
    condition     = aws_athena_workgroup.lake.configuration[0].bytes_scanned_cutoff_per_query == 10737418240 && aws_athena_workgroup.lake.configuration[0].enforce_workgroup_configuration
    error_message = "The workgroup has no scan limit, or a client can lift it."
  }
}

run "an_unknown_environment_is_refused" {
  command = plan

  variables {
    environment = "test"
  }

  expect_failures = [var.environment]
}

run "a_disposable_production_is_refused" {
  command = plan

  variables {
    disposable = true
  }

  expect_failures = [var.disposable]
}

run "a_processor_fargate_does_not_know_is_refused" {
  command = plan

  variables {
    task_architecture = "RISCV64"
  }

  expect_failures = [var.task_architecture]
}
