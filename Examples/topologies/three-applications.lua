-- three-applications: a configuration is a program, so what repeats is written once
local applications = { "billing", "search", "mail" }

local balancers = {}
for index, name in ipairs(applications) do
  balancers[index] = balancer(name .. "_balancer") {
    port = index * 10000 + 9999,
    replicas = name == "search" and 2 or 1,
  }
end

return cluster "applications" {
  network = { subnet = "172.29.0.0/16" },
  table.unpack(balancers),
}
