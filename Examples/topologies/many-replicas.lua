-- many-replicas: one balancer in front of a primary and five replicas
return cluster "library" {
  settings = { work_mem = "16MB" }, -- for every node
  balancer "lb_main" { replicas = 5 },
}
