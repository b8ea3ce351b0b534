-- shop: two balancers with different pools; ports, addresses and names are chosen by pgbc
--
--   pgbc init --config Examples/topologies/shop.lua
return cluster "shop" {
  balancer "lb1" { replicas = 2 },
  balancer "lb2" { replicas = 1, pool = { num_init_children = 32, max_pool = 2 } },
}
