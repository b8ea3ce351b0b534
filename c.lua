return cluster "t6try" { balancer "lb1" { replicas = 2, image = "t6/balancer:4.3" } }
