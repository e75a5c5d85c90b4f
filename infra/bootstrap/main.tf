# Once an account: where Terraform's state lies, and how GitHub proves who it is. Applied by a person with
# administrator rights; everything else is then applied by the deploy roles made here.
terraform {
  required_version = ">= 1.11, < 2.0"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

provider "aws" {
  region = var.region

  default_tags {
    tags = {
      project = "fed-by-tweets"
      made_by = "terraform"
    }
  }
}

data "aws_caller_identity" "here" {}

variable "region" {
  description = "The AWS region of the state and of both environments."
  type        = string
  default     = "sa-east-1"
}

variable "github_repository" {
  description = "The repository whose workflows may deploy, as owner/name."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$", var.github_repository))
    error_message = "The repository is '${var.github_repository}'; it must be owner/name, without wildcards."
  }
}

locals {
  account      = data.aws_caller_identity.here.account_id
  here         = "${var.region}:${local.account}"
  state_bucket = "fed-by-tweets-state-${local.account}"
  state_arn    = "arn:aws:s3:::${local.state_bucket}"

  # The names of each environment, as its own names.tf builds them.
  environments = {
    for environment in ["staging", "production"] : environment => {
      name           = "fed-by-tweets-${environment}"
      lake_arn       = "arn:aws:s3:::fed-by-tweets-${environment}-lake-${local.account}"
      repository_arn = "arn:aws:ecr:${local.here}:repository/fed-by-tweets-${environment}"
      cluster_arn    = "arn:aws:ecs:${local.here}:cluster/fed-by-tweets-${environment}"
      log_group_arn  = "arn:aws:logs:${local.here}:log-group:/ecs/fed-by-tweets-${environment}"
      secrets_arn    = "arn:aws:secretsmanager:${local.here}:secret:fed-by-tweets-${environment}/*"
      boundary_arn   = "arn:aws:iam::${local.account}:policy/fed-by-tweets-${environment}-boundary"
      pool_user_arn  = "arn:aws:iam::${local.account}:user/fed-by-tweets-${environment}-prefect-pool"
      role_arns      = [for role in ["task", "execution"] : "arn:aws:iam::${local.account}:role/fed-by-tweets-${environment}-${role}"]
      glue_arns = concat(["arn:aws:glue:${local.here}:catalog"], flatten([
        for layer in ["bronze", "silver", "ops"] : [
          for kind in ["database/%s%s", "table/%s%s/*", "userDefinedFunction/%s%s/*"] :
          "arn:aws:glue:${local.here}:${format(kind, environment == "production" ? "" : "${environment}_", layer)}"
        ]
      ]))
    }
  }
}

output "state_bucket" {
  description = "For -backend-config=bucket=... and the repository variable TF_STATE_BUCKET."
  value       = aws_s3_bucket.state.id
}

output "deploy_roles" {
  description = "Environment -> role, for each GitHub environment's variable AWS_DEPLOY_ROLE."
  value       = { for environment, role in aws_iam_role.deploy : environment => role.arn }
}
