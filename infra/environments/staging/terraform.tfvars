environment = "staging"
region      = "sa-east-1"
scheduled   = false # its schedule is inactive: silence is no news
disposable  = true
