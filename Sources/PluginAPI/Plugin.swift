public import Orchestration

/// What a plugin contributes. A plugin describes; pgbc acts.
///
/// Everything has a default, so that a plugin says only what it brings:
///
/// ```swift
/// struct Lag: Plugin {
///     let name = "lag"
///     var primitives: [Primitive] { [worst] }
///     var recipes: [ContributedRecipe] { [.init(name: "lag", source: "-- lag: …")] }
/// }
/// ```
public protocol Plugin: Sendable {
    /// A short name, for messages: "metrics".
    var name: String { get }
    /// Its version.
    var version: String { get }
    /// One line for lists of plugins.
    var summary: String { get }
    /// Primitives that scripts can call, next to pgbc's own. One named `metrics.push` is the function `push` of the global
    /// table `metrics`, which no other plugin can have; dispatch, checks of arguments, the reference and completion come from
    /// its declaration.
    var primitives: [Primitive] { get }
    /// Recipes in Lua. Each is a verb of the command line too; a user's own file of its name goes before it.
    var recipes: [ContributedRecipe] { get }
    /// Verbs of the command line that are written in Swift. One that pgbc or another plugin has already is refused, and this plugin
    /// with it.
    var verbs: [ContributedVerb] { get }
    /// Balancers that pgbc can run besides its own. A topology names one with `driver`, or by its image.
    var balancers: [BalancerSupport] { get }
    /// Takers of events, told of everything that a run does: asked for once in each run. One that needs time is a ``WorkingSink``.
    var eventSinks: [any EventSink] { get }
}

extension Plugin {
    /// "0".
    public var version: String { "0" }
    /// Nothing.
    public var summary: String { "" }
    /// No primitives.
    public var primitives: [Primitive] { [] }
    /// No recipes.
    public var recipes: [ContributedRecipe] { [] }
    /// No verbs.
    public var verbs: [ContributedVerb] { [] }
    /// No balancers.
    public var balancers: [BalancerSupport] { [] }
    /// No takers.
    public var eventSinks: [any EventSink] { [] }
}

/// A script that a plugin brings along.
public struct ContributedRecipe: Sendable, Equatable {
    /// Its name, as `pgbc NAME` and `pgbc run NAME` take it.
    public var name: String
    /// Lua text; the first comment is what lists say of it.
    public var source: String

    /// A recipe.
    public init(name: String, source: String) {
        self.name = name
        self.source = source
    }
}
