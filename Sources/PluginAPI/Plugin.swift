public import Orchestration

/// What a plugin contributes. A plugin describes; pgbc acts.
public protocol Plugin: Sendable {
    /// A short name, for messages: "metrics".
    var name: String { get }
    /// Primitives that scripts can call, next to pgbc's own.
    var primitives: [Primitive] { get }
    /// Recipes that `pgbc run NAME` finds after the user's own and pgbc's.
    var recipes: [ContributedRecipe] { get }
    /// Takers of events, told of everything that a run does.
    var eventSinks: [any EventSink] { get }
}

extension Plugin {
    /// No primitives.
    public var primitives: [Primitive] { [] }
    /// No recipes.
    public var recipes: [ContributedRecipe] { [] }
    /// No takers.
    public var eventSinks: [any EventSink] { [] }
}

/// A script that a plugin brings along.
public struct ContributedRecipe: Sendable, Equatable {
    /// Its name, as `pgbc run` takes it.
    public var name: String
    /// Lua text.
    public var source: String

    /// A recipe.
    public init(name: String, source: String) {
        self.name = name
        self.source = source
    }
}
