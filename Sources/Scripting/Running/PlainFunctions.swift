internal import ClusterModel
internal import LuaRuntime

/// Primitives whose answer follows from their arguments alone, on the shortest way.
///
/// What is not plainly right is left to the declared primitive of the same name, which says what is wrong.
enum PlainFunctions {
    static func answer(_ name: String, _ arguments: [LuaValue]) -> LuaValue? {
        switch name {
        case "data.json_encode": encode(arguments)
        case "data.json_decode": decode(arguments)
        default: nil
        }
    }

    private static func encode(_ arguments: [LuaValue]) -> LuaValue? {
        guard let value = arguments.first, arguments.count == 1 || arguments.count == 2 && arguments[1] == .nil,
            value.wrongText() == nil
        else { return nil }
        return .string(Document(value).json())
    }

    private static func decode(_ arguments: [LuaValue]) -> LuaValue? {
        guard arguments.count == 1, let text = arguments[0].string else { return nil }
        return (try? Document(json: text, source: "the text")).map { LuaValue($0) }
    }
}
