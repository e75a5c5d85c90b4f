# GitHub proves by OIDC that a job runs for this repository in this environment; no AWS key is stored there.
resource "aws_iam_openid_connect_provider" "github" {
  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
}

resource "aws_iam_role" "deploy" {
  #checkov:skip=CKV_AWS_393:Checkov cannot see the variable's value; its validation forbids wildcards and a test asserts the claim.
  for_each             = local.environments
  name                 = "${each.value.name}-deploy"
  description          = "GitHub Actions of ${var.github_repository}, environment ${each.key}"
  max_session_duration = 3600
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Federated = "arn:aws:iam::${local.account}:oidc-provider/token.actions.githubusercontent.com" }
      Action    = "sts:AssumeRoleWithWebIdentity"
      Condition = {
        StringEquals = {
          "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
          "token.actions.githubusercontent.com:sub" = "repo:${var.github_repository}:environment:${each.key}"
        }
      }
    }]
  })

  depends_on = [aws_iam_openid_connect_provider.github]
}

resource "aws_iam_role_policy_attachment" "deploy_stores" {
  for_each   = local.environments
  role       = aws_iam_role.deploy[each.key].name
  policy_arn = aws_iam_policy.deploy_stores[each.key].arn
}

resource "aws_iam_role_policy_attachment" "deploy_runs" {
  for_each   = local.environments
  role       = aws_iam_role.deploy[each.key].name
  policy_arn = aws_iam_policy.deploy_runs[each.key].arn
}
