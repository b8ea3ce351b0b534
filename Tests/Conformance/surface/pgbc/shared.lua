-- A module that waits while it is loaded, with a function that waits.
sleep(0.01)
local clusters = pgbc.clusters()
return {
  clusters = clusters,
  square = function(number)
    sleep(0.01)
    return number * number
  end,
}
