# Public subnets and a gateway to S3, no NAT: a NAT gateway alone would cost thirty times the rest.
# Nothing can come in; a task asks for its own public address (assignPublicIp) to reach X, Prefect and ECR.
resource "aws_vpc" "this" {
  #checkov:skip=CKV2_AWS_11:Flow logs would cost more than the tasks; there is no way in, and one port out.
  cidr_block           = var.network_cidr
  enable_dns_support   = true
  enable_dns_hostnames = true

  tags = { Name = local.name }
}

# The group every VPC is born with, emptied: nobody gets rules by forgetting to choose.
resource "aws_default_security_group" "closed" {
  vpc_id = aws_vpc.this.id
}

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id

  tags = { Name = local.name }
}

resource "aws_subnet" "public" {
  count             = length(var.zones)
  vpc_id            = aws_vpc.this.id
  cidr_block        = cidrsubnet(var.network_cidr, 1, count.index)
  availability_zone = "${var.region}${var.zones[count.index]}"

  tags = { Name = "${local.name}-public-${count.index}" }
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.this.id

  tags = { Name = "${local.name}-public" }
}

resource "aws_route" "out" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this.id
}

resource "aws_route_table_association" "public" {
  count          = length(aws_subnet.public)
  subnet_id      = aws_subnet.public[count.index].id
  route_table_id = aws_route_table.public.id
}

resource "aws_vpc_endpoint" "s3" {
  vpc_id            = aws_vpc.this.id
  service_name      = "com.amazonaws.${var.region}.s3"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = [aws_route_table.public.id]

  # The lake, and the bucket in which ECR keeps every image's layers; no other bucket can be reached from here.
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "Lake"
        Effect    = "Allow"
        Principal = "*"
        Action    = "s3:*"
        Resource  = [local.lake_arn, "${local.lake_arn}/*"]
      },
      {
        Sid       = "ImageLayers"
        Effect    = "Allow"
        Principal = "*"
        Action    = "s3:GetObject"
        Resource  = "arn:aws:s3:::prod-${var.region}-starport-layer-bucket/*"
      },
    ]
  })

  tags = { Name = "${local.name}-s3" }
}

resource "aws_security_group" "task" {
  #checkov:skip=CKV2_AWS_5:Prefect attaches it to each task at RunTask; no resource here does.
  name        = "${local.name}-task"
  description = "Runs of the pipeline: nothing in, the named ports out"
  vpc_id      = aws_vpc.this.id

  tags = { Name = "${local.name}-task" }
}

resource "aws_vpc_security_group_egress_rule" "out" {
  for_each          = { for port in var.egress_ports : tostring(port) => port }
  security_group_id = aws_security_group.task.id
  description       = "X, Prefect and the AWS APIs"
  ip_protocol       = "tcp"
  from_port         = each.value
  to_port           = each.value
  cidr_ipv4         = "0.0.0.0/0"
}
