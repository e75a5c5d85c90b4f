variable "environment" {
  description = "Which of the two this is; part of every name."
  type        = string

  validation {
    condition     = contains(["staging", "production"], var.environment)
    error_message = "The environment is '${var.environment}'; it must be staging or production."
  }
}

variable "region" {
  description = "The AWS region everything is made in."
  type        = string
}

variable "disposable" {
  description = "Whether destroy may take the lake's objects and the images with it. Never in production."
  type        = bool
  default     = false

  validation {
    condition     = !(var.disposable && var.environment == "production")
    error_message = "The production lake must not be disposable; set disposable = false."
  }
}

variable "scheduled" {
  description = "Whether runs are expected by the clock: then a missing freshness metric raises the alarm."
  type        = bool
}

variable "alert_email" {
  description = "Who is told of alarms and of the budget; empty for nobody."
  type        = string
  default     = ""
}

variable "network_cidr" {
  description = "The VPC's addresses: a /24, cut into two subnets."
  type        = string
  default     = "10.42.0.0/24"
}

variable "zones" {
  description = "Letters of the two zones, named and not looked up: a zone AWS adds must not move a subnet."
  type        = list(string)
  default     = ["a", "b"]

  validation {
    condition     = length(var.zones) == 2
    error_message = "${length(var.zones)} zones are named; the network is cut for two."
  }
}

variable "task_cpu" {
  description = "CPU units of one run (1024 is one vCPU)."
  type        = number
  default     = 512
}

variable "task_memory" {
  description = "Memory of one run in MB."
  type        = number
  default     = 2048
}

variable "task_architecture" {
  description = "The processor tasks run on; the image is built for both."
  type        = string
  default     = "X86_64"

  validation {
    condition     = contains(["X86_64", "ARM64"], var.task_architecture)
    error_message = "The architecture is '${var.task_architecture}'; Fargate knows X86_64 and ARM64."
  }
}

variable "cold_after_days" {
  description = "Days after which a raw object moves to Glacier Instant Retrieval (still read at once by a replay)."
  type        = number
  default     = 90
}

variable "undelete_days" {
  description = "Days a deleted or overwritten object can still be brought back."
  type        = number
  default     = 1
}

variable "log_retention_days" {
  description = "Days the tasks' own log lines are kept."
  type        = number
  default     = 30
}

variable "scan_limit_gib" {
  description = "What one Athena query may scan, in GiB; beyond it the query is cancelled."
  type        = number
  default     = 10
}

variable "max_tweet_age_hours" {
  description = "The promise: the newest tweet in silver is at most this old. At most 24."
  type        = number
  default     = 12

  validation {
    condition     = var.max_tweet_age_hours >= 1 && var.max_tweet_age_hours <= 24
    error_message = "max_tweet_age_hours is ${var.max_tweet_age_hours}; CloudWatch looks back 1 to 24 hours."
  }
}

variable "monthly_budget_usd" {
  description = "AWS spend of this environment and month at which mail goes out (80 % real, 100 % forecast)."
  type        = number
  default     = 10
}

variable "egress_ports" {
  description = "TCP ports a task may reach. 443 is X, AWS and Prefect Cloud; add your own Prefect server's (4200, say)."
  type        = set(number)
  default     = [443]
}
