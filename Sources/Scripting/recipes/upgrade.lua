-- upgrade: give the nodes another image of the same major version, by replacing one container after the other
-- Without an image it makes those containers anew that an older pgbc made, or an older image of the same name, balancers included.
-- Their data stays. Replicas come first, then a switchover, then the old primary; with hold no transaction fails. When a node does
-- not come up with the new image, everything is given the old one back.
local args = pgbc.args {
  image = { help = "the new image, for example postgres:17.5; the same, as it is now, when left out" },
  balancer = { type = "balancer", help = "only the nodes of this balancer" },
}

local cluster = pgbc.cluster()
local function topology(change)
  local document = cluster:topology()
  return { document = change and change(document) or document, source = "the upgrade" }
end
local before = topology()

-- A major version keeps its data in another form: a plain replacement cannot read it.
local wanted = args.image and args.image:match(":(%d+)")
for _, lb in ipairs(cluster:status().balancers) do
  for _, node in ipairs(lb.nodes) do
    local major = node.version and node.version:match("^%d+")
    if wanted and major and wanted ~= major and (not args.balancer or lb.balancer == args.balancer) then
      fail(("%s runs PostgreSQL %s: %s is another major version"):format(node.node, node.version, args.image), "invalid")
    end
  end
end

local after = topology(args.image and function(document)
  if not args.balancer then document.image = args.image end
  for _, lb in ipairs(document.balancers) do
    if not args.balancer or lb.name == args.balancer then
      local image = args.balancer and args.image or nil
      lb.primary.image = image
      for _, replica in ipairs(lb.replicas) do replica.image = image end
    end
  end
  return document
end)

local options = { renew = not args.image }
if #cluster:plan(after, options).steps == 0 then log("everything is up to date: nothing to do") end
local done, problem = pcall(cluster.apply, cluster, after, options)
if not done then
  log("giving the nodes their old image back: " .. tostring(problem))
  -- A replica that is on its way up is waited for: without one that streams, the primary could not hand over.
  for _, node in ipairs(cluster:nodes()) do
    if node:role() == "replica" then pcall(node.wait, node, "streaming", 30) end
  end
  cluster:apply(before)
  error(problem, 0)
end
return cluster:status()
