-- A plugin of Lua. Put this folder into ./pgbc/plugins or ~/.config/pgbc/plugins; pgbc plugin check night-watch tells what is wrong.
return {
  name = "night-watch",
  version = "1.0.0",
  summary = "Who is behind, and what each operation took.",
  needs = { pgbc = "0.1" },
  provides = {
    recipes = { "behind" },
    functions = "functions.lua",
    events = "events.lua",
  },
}
