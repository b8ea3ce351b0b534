-- Called beside each operation; pgbc lua reference lists the events. A slow or failing handler never stops an operation.
local slowest

return {
  ["step.finished"] = function(event)
    if not slowest or event.seconds > slowest.seconds then slowest = event end
  end,
  ["plan.finished"] = function(event)
    if slowest then log(("%s: the slowest of the steps was: %s"):format(event.cluster, slowest.title)) end
    slowest = nil
  end,
}
