import CLuaBridge

extension LuaScriptError {
    init(_ failure: lb_failure, underlying: (any Error)?) {
        let location = String(cString: failure.location)
        let message = String(cString: failure.message)
        let code = String(cString: failure.code)
        let step = String(cString: failure.step)
        self.init(
            kind: Kind(failure.kind),
            message: message.withoutPlace(location),
            location: location.isEmpty ? nil : location,
            traceback: String(cString: failure.traceback),
            code: code.isEmpty ? nil : code,
            step: step.isEmpty ? nil : step,
            underlying: underlying,
            isIncomplete: failure.incomplete
        )
    }
}

extension LuaScriptError.Kind {
    init(_ kind: lb_failure_kind) {
        self =
            switch kind {
            case .LB_FAILURE_SYNTAX: .syntax
            case .LB_FAILURE_RUNTIME: .runtime
            case .LB_FAILURE_MEMORY: .memory
            case .LB_FAILURE_INSTRUCTIONS: .instructions
            case .LB_FAILURE_CANCELLED: .cancelled
            }
    }
}

extension String {
    /// Lua puts the place in front of its own messages.
    fileprivate func withoutPlace(_ place: String) -> String {
        let prefix = place + ": "
        return !place.isEmpty && hasPrefix(prefix) ? String(dropFirst(prefix.count)) : self
    }
}
