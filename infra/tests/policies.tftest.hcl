# The policies, whole, as a plan shows them. No account and no network: the provider is a mock.
mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
}

variables {
  environment = "staging"
  region      = "sa-east-1"
  scheduled   = false
}

run "the_task_role_reaches_the_lake_its_tables_and_its_metrics_only" {
  command = plan

  assert {
    condition = jsondecode(aws_iam_role_policy.task.policy) == {
      Version = "2012-10-17"
      Statement = [
        {
          Sid      = "LakeBucket"
          Effect   = "Allow"
          Action   = ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"]
          Resource = "arn:aws:s3:::fed-by-tweets-staging-lake-123456789012"
        },
        {
          Sid      = "LakeObjects"
          Effect   = "Allow"
          Action   = ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"]
          Resource = "arn:aws:s3:::fed-by-tweets-staging-lake-123456789012/*"
        },
        {
          Sid    = "Tables"
          Effect = "Allow"
          Action = ["glue:CreateTable", "glue:GetDatabase", "glue:GetTable", "glue:GetTables", "glue:UpdateTable"]
          Resource = [
            "arn:aws:glue:sa-east-1:123456789012:catalog",
            "arn:aws:glue:sa-east-1:123456789012:database/staging_bronze",
            "arn:aws:glue:sa-east-1:123456789012:database/staging_ops",
            "arn:aws:glue:sa-east-1:123456789012:database/staging_silver",
            "arn:aws:glue:sa-east-1:123456789012:table/staging_bronze/*",
            "arn:aws:glue:sa-east-1:123456789012:table/staging_ops/*",
            "arn:aws:glue:sa-east-1:123456789012:table/staging_silver/*",
          ]
        },
        {
          Sid       = "Metrics"
          Effect    = "Allow"
          Action    = "cloudwatch:PutMetricData"
          Resource  = "*"
          Condition = { StringEquals = { "cloudwatch:namespace" = "FedByTweets/staging" } }
        },
      ]
    }
    error_message = "The task role's policy is not exactly the lake, its tables and its metrics."
  }
}

run "the_execution_role_reads_one_image_and_two_secrets" {
  command = plan

  assert {
    condition = { for statement in jsondecode(aws_iam_role_policy.execution.policy).Statement : statement.Sid => statement.Resource } == {
      RegistryLogin = "*"
      Image         = "arn:aws:ecr:sa-east-1:123456789012:repository/fed-by-tweets-staging"
      Logs          = "arn:aws:logs:sa-east-1:123456789012:log-group:/ecs/fed-by-tweets-staging:log-stream:*"
      Secrets = [
        "arn:aws:secretsmanager:sa-east-1:123456789012:secret:fed-by-tweets-staging/x-bearer-token-??????",
        "arn:aws:secretsmanager:sa-east-1:123456789012:secret:fed-by-tweets-staging/prefect-api-key-??????",
      ]
    }
    error_message = "The execution role reaches something else than its image, its log group and its two secrets."
  }

  assert {
    condition = { for statement in jsondecode(aws_iam_role_policy.execution.policy).Statement : statement.Sid => statement.Action } == {
      RegistryLogin = "ecr:GetAuthorizationToken"
      Image         = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
      Logs          = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Secrets       = "secretsmanager:GetSecretValue"
    }
    error_message = "The execution role may do something else than start a run."
  }
}

run "the_pool_starts_runs_of_this_environment_and_hands_over_two_roles" {
  command = plan

  assert {
    condition = jsondecode(aws_iam_user_policy.pool.policy).Statement == [
      {
        Sid    = "Unscopable"
        Effect = "Allow"
        Action = [
          "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs",
          "ecs:DeregisterTaskDefinition", "ecs:DescribeTaskDefinition", "ecs:ListTaskDefinitions",
          "ecs:RegisterTaskDefinition",
        ]
        Resource = "*"
      },
      {
        Sid       = "Start"
        Effect    = "Allow"
        Action    = "ecs:RunTask"
        Resource  = "arn:aws:ecs:sa-east-1:123456789012:task-definition/fed-by-tweets-staging*:*"
        Condition = { ArnEquals = { "ecs:cluster" = "arn:aws:ecs:sa-east-1:123456789012:cluster/fed-by-tweets-staging" } }
      },
      {
        Sid      = "WatchAndStop"
        Effect   = "Allow"
        Action   = ["ecs:DescribeTasks", "ecs:StopTask"]
        Resource = "arn:aws:ecs:sa-east-1:123456789012:task/fed-by-tweets-staging/*"
      },
      {
        Sid      = "Cluster"
        Effect   = "Allow"
        Action   = "ecs:DescribeClusters"
        Resource = "arn:aws:ecs:sa-east-1:123456789012:cluster/fed-by-tweets-staging"
      },
      {
        Sid       = "TagWhatItMakes"
        Effect    = "Allow"
        Action    = "ecs:TagResource"
        Resource  = "*"
        Condition = { StringEquals = { "ecs:CreateAction" = ["RegisterTaskDefinition", "RunTask"] } }
      },
      {
        Sid    = "HandOverTheRoles"
        Effect = "Allow"
        Action = "iam:PassRole"
        Resource = [
          "arn:aws:iam::123456789012:role/fed-by-tweets-staging-task",
          "arn:aws:iam::123456789012:role/fed-by-tweets-staging-execution",
        ]
        Condition = { StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } }
      },
    ]
    error_message = "The pool's user may do something else than start, watch and stop runs of this environment."
  }
}

run "every_identity_lives_inside_the_boundary" {
  command = plan

  assert {
    condition = alltrue([
      for boundary in [
        aws_iam_role.task.permissions_boundary,
        aws_iam_role.execution.permissions_boundary,
        aws_iam_user.pool.permissions_boundary,
      ] : boundary == "arn:aws:iam::123456789012:policy/fed-by-tweets-staging-boundary"
    ])
    error_message = "A role or user has no permissions boundary, so the deploy role could not make it."
  }

  assert {
    condition = alltrue([
      for role in [aws_iam_role.task, aws_iam_role.execution] :
      jsondecode(role.assume_role_policy).Statement[0].Principal == { Service = "ecs-tasks.amazonaws.com" }
    ])
    error_message = "Somebody else than ECS tasks may take on a role."
  }
}

run "the_lake_speaks_tls_only_and_nobody_else_can_reach_it" {
  command = plan

  assert {
    condition = jsondecode(aws_s3_bucket_policy.lake.policy).Statement == [{
      Sid       = "TlsOnly"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource = [
        "arn:aws:s3:::fed-by-tweets-staging-lake-123456789012",
        "arn:aws:s3:::fed-by-tweets-staging-lake-123456789012/*",
      ]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
    error_message = "The lake can be spoken to without TLS."
  }

  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.lake.block_public_acls,
      aws_s3_bucket_public_access_block.lake.block_public_policy,
      aws_s3_bucket_public_access_block.lake.ignore_public_acls,
      aws_s3_bucket_public_access_block.lake.restrict_public_buckets,
    ])
    error_message = "The lake could be made public."
  }

  assert {
    condition = jsondecode(aws_vpc_endpoint.s3.policy).Statement[*].Resource == [
      ["arn:aws:s3:::fed-by-tweets-staging-lake-123456789012", "arn:aws:s3:::fed-by-tweets-staging-lake-123456789012/*"],
      "arn:aws:s3:::prod-sa-east-1-starport-layer-bucket/*",
    ]
    error_message = "The gateway lets tasks reach another bucket than the lake and ECR's layers."
  }
}

run "nothing_comes_in_and_https_goes_out" {
  command = plan

  assert {
    condition = { for key, rule in aws_vpc_security_group_egress_rule.out : key => [rule.from_port, rule.to_port, rule.ip_protocol] } == {
      "443" = [443, 443, "tcp"]
    }
    error_message = "A task may reach another port than 443."
  }
}
