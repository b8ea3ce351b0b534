-- Looking after a cluster: what its balancers, which fail over by themselves, cannot do from inside their containers.

-- What cluster:repair() does something about.
local mendable = {}
for kind in ([[node_missing node_down node_cut_off node_unlisted not_in_pool away balancer_missing balancer_down
  balancer_cut_off network_missing stray_container]]):gmatch("%S+") do mendable[kind] = true end

local PATIENCE = 10 -- seconds for which a hung primary is left to its balancer, which replaces it
local LONGEST = 60 -- seconds between two tries to mend what cannot be mended
local STORY_BOUND = 120 -- seconds after which a change of primary is told although not every node is back

local function code_of(problem) return type(problem) == "table" and problem.code or nil end
-- The first line of what an error says, without the place in the script.
local function words_of(problem)
  return tostring(type(problem) == "table" and problem.message or problem):match("[^\n]*")
end
local function operation_of(problem) return type(problem) == "table" and problem.operation or nil end

local watcher = {}
watcher.__index = watcher

-- Says a sentence once, until `forget` is told that it is over.
function watcher:tell(key, sentence)
  if not self.told[key] then log(sentence) end
  self.told[key] = true
end

function watcher:forget(prefix)
  for key in pairs(self.told) do if key:sub(1, #prefix) == prefix then self.told[key] = nil end end
end

function watcher:tell_findings(findings)
  local now = {}
  for _, finding in ipairs(findings) do
    if finding.kind ~= "locked" then
      now[finding.subject] = true
      self.sick[finding.subject] = self.sick[finding.subject] or time()
      local advice = not mendable[finding.kind] and finding.advice
      local sentence = finding.sentence .. (advice and (" (%s)"):format(advice) or "")
      self:tell(finding.subject .. " " .. finding.kind, sentence)
    end
  end
  for subject, since in pairs(self.sick) do
    if not now[subject] then
      log(("%s is well again, after %.0f s"):format(subject, time() - since))
      self:forget(subject .. " ")
      self.sick[subject] = nil
    end
  end
end

-- The last change of primary as its balancer wrote it down, in one sentence, and whether it is complete.
function watcher:story(balancer, to)
  local all = self.cluster:history(balancer)
  local last = all[#all]
  if not last or last.to ~= to then return end
  local parts, healed = {}, false
  for _, phase in ipairs(last.phases or {}) do
    healed = healed or phase.phase == "healed"
    if phase.phase ~= "ended" then parts[#parts + 1] = ("%s %.2f s"):format(phase.phase, phase.after) end
  end
  return ("%s of %s from %s to %s (%s): %s"):format(
    last.kind, balancer, tostring(last.from), to, tostring(last.why), table.concat(parts, ", ")), healed
end

function watcher:tell_primary(lb)
  local name, before = lb.balancer, self.primaries[lb.balancer]
  if before and lb.primary and before ~= lb.primary then
    log(("%s: %s is primary now, after %s"):format(name, lb.primary, before))
    self.stories[name] = time() + STORY_BOUND
  end
  self.primaries[name] = lb.primary or before
  local bound = self.stories[name]
  if not bound or not lb.primary then return end
  local sentence, healed = self:story(name, lb.primary)
  if not healed and time() < bound then return end
  if sentence then log(sentence) end
  self.stories[name] = nil
end

-- Whether a server takes connections and answers none: one that starts, or that is being cloned, takes none.
function watcher:is_silent(node)
  local answers, problem = pcall(function() return self.cluster:node(node.node):query("SELECT 1", { timeout = 2 }) end)
  if code_of(problem) == "cancelled" then error(problem, 0) end
  return not answers and code_of(problem) == "timeout"
end

-- A node that hangs while another one is primary would wake up as a second primary.
function watcher:fence(lb, node)
  log(("%s hangs and %s is primary: it is killed, and comes back as a replica"):format(node.node, lb.primary))
  self.cluster:node(node.node):fence()
  self.steps = self.steps + 1
end

-- Kills what hangs. Gives the nodes that are to be left alone for now, by name.
function watcher:judge(lb, spared)
  for _, node in ipairs(lb.nodes) do
    local replaced = lb.primary and lb.primary ~= node.node
    local since = self.hanging[node.node] or time()
    local paused = node.state == "paused"
    local hangs = paused or node.state == "running" and not node.role and replaced and self:is_silent(node)
    self.hanging[node.node] = hangs and since or nil
    if paused and not replaced then
      spared[node.node] = time() - since < PATIENCE or nil
    elseif paused or hangs and time() - since >= PATIENCE / 2 then
      self:fence(lb, node)
    end
  end
end

-- Tries at once what is new, and again, less and less often, what did not help.
function watcher:repair(findings, spared)
  local wanted, news = false, false
  for _, finding in ipairs(findings) do
    if mendable[finding.kind] and not spared[finding.subject] then
      wanted = true
      news = news or not self.tried[finding.subject .. " " .. finding.kind]
    end
  end
  if not wanted then
    self.tried, self.next_try, self.pause, self.failing = {}, 0, 0, false
    return self:forget("repair ")
  end
  if not news and time() < self.next_try then return end
  for _, finding in ipairs(findings) do self.tried[finding.subject .. " " .. finding.kind] = true end
  self.pause = math.min(math.max(self.pause * 2, self.every), LONGEST)
  self.next_try = time() + self.pause
  local done, plan = pcall(function() return self.cluster:repair(self.failing) end)
  if done then
    self.steps, self.failing = self.steps + #plan.steps, false
  elseif code_of(plan) == "cancelled" then
    error(plan, 0)
  elseif code_of(plan) == "conflict" and self.cluster:status().locked_by then
    self.tried = {} -- somebody was faster
  else
    self.failing = true
    self:tell("repair " .. tostring(operation_of(plan)),
      "this could not be mended, and is tried again, less and less often: " .. words_of(plan))
  end
end

function watcher:look()
  local status = self.cluster:status()
  if self.silent_since then log(("the engine answers again, after %.0f s"):format(time() - self.silent_since)) end
  self.silent_since = nil
  self:tell("begin", ("pgbc looks after %s, every %g s"):format(self.cluster.name, self.every))
  for _, lb in ipairs(status.balancers) do self:tell_primary(lb) end
  self:tell_findings(status.findings)
  -- Whoever holds the lock, or changes the primary, knows why something is away.
  if self.only_tell or status.locked_by then return end
  for _, lb in ipairs(status.balancers) do if lb.operation then return end end
  local spared = {}
  for _, lb in ipairs(status.balancers) do self:judge(lb, spared) end
  self:repair(status.findings, spared)
end

-- Whether there is no such cluster any more; an engine that does not tell is asked again by the next look.
function watcher:is_gone()
  local asked, exists = pcall(function() return self.cluster:exists() end)
  if not asked and code_of(exists) == "cancelled" then error(exists, 0) end
  return asked and not exists
end

-- What came of a look that failed: true when there is nothing to look after any more.
function watcher:excuse(problem)
  local code = code_of(problem)
  if code == "cancelled" then error(problem, 0) end
  if code == "not_found" and self.told.begin and self:is_gone() then
    log(self.cluster.name .. " is gone: there is nothing to look after any more")
    return true
  end
  if code == "not_found" and not self.told.begin then error(problem, 0) end
  if code == "unreachable" or code == "permission_denied" then
    self.silent_since = self.silent_since or time()
    if self.give_up and time() - self.silent_since >= self.give_up then error(problem, 0) end
    self:tell("engine", "the engine does not answer, and is asked again: " .. words_of(problem))
  elseif code ~= "conflict" then -- somebody has begun an operation
    self:tell("look " .. tostring(operation_of(problem)), "this look failed, the next one may not: " .. words_of(problem))
  end
  return false
end

-- Looks every `every` seconds (3), `rounds` times (without end): kills what hangs, begins to bring back what is gone, tells of each
-- change of primary; with `only_tell` it changes nothing. Ends when the cluster is gone, or with an error when the engine has not
-- answered for `give_up` seconds.
function host.classes.cluster.look_after(self, options)
  options = options or {}
  local one = setmetatable({
    cluster = self, every = options.every or 3, only_tell = options.only_tell, give_up = options.give_up,
    told = {}, sick = {}, hanging = {}, primaries = {}, stories = {}, tried = {}, next_try = 0, pause = 0, failing = false, steps = 0,
  }, watcher)
  local rounds, gone = 0, false
  repeat
    local seen, problem = pcall(one.look, one)
    if seen then one:forget("engine") one:forget("look ") else gone = one:excuse(problem) end
    rounds = rounds + 1
    gone = gone or rounds == options.rounds
    if not gone then sleep(one.every) end
  until gone
  return { cluster = self.name, looks = rounds, steps = one.steps }
end
