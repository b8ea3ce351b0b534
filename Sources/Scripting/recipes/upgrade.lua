-- upgrade: give the nodes another image, of the same major version of PostgreSQL or of a later one
-- The same major version, or no image: one container after the other, then a switchover; with hold no transaction fails. What does not come
-- up is given its old image back. A later version: checked first; then all nodes stop, pg_upgrade copies the primary's data, the others are
-- cloned; clients wait (hold) or are refused. --rollback goes back to the old data, and loses what was written since; --commit removes it.
local args = pgbc.args {
  image = { help = "the new image, for example postgres:17.5; the same, as it is now, when left out" },
  balancer = { type = "balancer", help = "only the nodes of this balancer" },
  commit = { type = "boolean", help = "remove the old data of a major upgrade; there is no way back then" },
  rollback = { type = "boolean", help = "back to the data and image from before a major upgrade, or one that was cut" },
  seconds = { type = "integer", min = 10, max = 600, default = 300, help = "how long a major upgrade may hold clients" },
}
local cluster, upgrades, names = pgbc.cluster(), {}, {}
for _, one in ipairs(cluster:upgrades()) do
  if not args.balancer or one.balancer == args.balancer then upgrades[one.balancer], names[#names + 1] = one, one.balancer end
end
if args.commit or args.rollback then
  if args.image or (args.commit and args.rollback) then fail("give one of image, commit and rollback", "invalid") end
  if #names == 0 then fail("no major upgrade waits to be committed or taken back", "conflict") end
  for _, name in ipairs(names) do -- in this order also when the run is resumed
    if args.commit then cluster:balancer(name):commit_upgrade() else cluster:balancer(name):undo_upgrade(args.seconds) end
  end
  return cluster:status()
end

-- Another major version keeps its data in another form; a plain replacement cannot read it.
local major, minor = args.image and (pgbc.postgres_version(args.image) or ""):match("^%d+"), {}
for _, lb in ipairs(cluster:status().balancers) do
  local version, open = nil, upgrades[lb.balancer]
  for _, node in ipairs(lb.nodes) do version = version or node.version and node.version:match("^%d+") end
  if args.balancer and lb.balancer ~= args.balancer then -- it stays
  elseif (open and open.phase ~= "complete") or (major and version and major ~= version) then
    cluster:balancer(lb.balancer):upgrade(args.image or open.image, args.seconds)
    log(lb.balancer .. ": pgbc upgrade --commit removes the old data, --rollback goes back to it")
  else
    minor[lb.balancer] = true
  end
end
if not next(minor) then return cluster:status() end

local before, after = cluster:topology(), cluster:topology()
if args.image and not args.balancer then after.image = args.image end
for _, lb in ipairs(args.image and after.balancers or {}) do
  if minor[lb.name] then
    lb.primary.image = args.balancer and args.image
    for _, replica in ipairs(lb.replicas) do replica.image = args.balancer and args.image end
  end
end
local function wanted(document) return { document = document, source = "the upgrade" } end
local options = { renew = not args.image }
if #cluster:plan(wanted(after), options).steps == 0 then log("everything is up to date: nothing to do") end
local done, problem = pcall(cluster.apply, cluster, wanted(after), options)
if not done then
  log("giving the nodes their old image back: " .. tostring(problem))
  for _, node in ipairs(cluster:nodes()) do -- without a replica that streams, the primary could not hand over
    if node:role() == "replica" then pcall(node.wait, node, "streaming", 30) end
  end
  cluster:apply(wanted(before))
  error(problem, 0)
end
return cluster:status()
