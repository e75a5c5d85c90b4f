# Who may deploy, and how far that reaches. No account and no network: the provider is a mock.
mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
}

variables {
  github_repository = "someone/fed-by-tweets"
}

run "only_this_repository_in_this_environment_takes_the_deploy_role" {
  command = plan

  assert {
    condition = { for environment, role in aws_iam_role.deploy : environment => jsondecode(role.assume_role_policy).Statement } == {
      for environment in ["staging", "production"] : environment => [{
        Effect    = "Allow"
        Principal = { Federated = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" }
        Action    = "sts:AssumeRoleWithWebIdentity"
        Condition = {
          StringEquals = {
            "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
            "token.actions.githubusercontent.com:sub" = "repo:someone/fed-by-tweets:environment:${environment}"
          }
        }
      }]
    }
    error_message = "Another repository, branch or environment could take on a deploy role."
  }
}

run "a_deploy_reads_no_secret_no_tweet_and_makes_no_key" {
  command = plan

  assert {
    condition = alltrue(flatten([
      for policy in concat(values(aws_iam_policy.deploy_stores), values(aws_iam_policy.deploy_runs)) : [
        for statement in jsondecode(policy.policy).Statement : [
          for action in flatten([statement.Action]) : !contains([
            "secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue", "iam:CreateAccessKey", "iam:PassRole",
            "iam:AttachRolePolicy", "iam:AttachUserPolicy", "iam:*", "s3:*", "secretsmanager:*", "*",
          ], action)
        ]
      ]
    ]))
    error_message = "A deploy role may read a secret, make a key, or widen its own rights."
  }

  assert {
    condition = alltrue([
      for policy in values(aws_iam_policy.deploy_stores) : length([
        for statement in jsondecode(policy.policy).Statement : statement
        if contains(flatten([statement.Action]), "s3:GetObject") && statement.Sid != "State"
      ]) == 0
    ])
    error_message = "A deploy role may read objects outside the state."
  }
}

run "an_identity_is_made_inside_the_boundary_or_not_at_all" {
  command = plan

  assert {
    condition = alltrue([
      for environment, policy in aws_iam_policy.deploy_runs : one([
        for statement in jsondecode(policy.policy).Statement : statement.Condition
        if contains(flatten([statement.Action]), "iam:CreateRole")
      ]) == { ArnEquals = { "iam:PermissionsBoundary" = "arn:aws:iam::123456789012:policy/fed-by-tweets-${environment}-boundary" } }
    ])
    error_message = "A deploy role may make a role without the boundary."
  }

  assert {
    condition = alltrue([
      for policy in concat(values(aws_iam_policy.boundary), values(aws_iam_policy.deploy_stores), values(aws_iam_policy.deploy_runs)) :
      length(replace(policy.policy, "/\\s/", "")) <= 6144
    ])
    error_message = "A policy is longer than the 6,144 characters AWS takes."
  }
}

run "a_wildcard_for_the_repository_is_refused" {
  command = plan

  variables {
    github_repository = "someone/*"
  }

  expect_failures = [var.github_repository]
}
