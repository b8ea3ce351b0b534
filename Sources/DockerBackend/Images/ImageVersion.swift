internal import ClusterModel
internal import DockerEngine
internal import Foundation
public import Orchestration

extension DockerClusterBackend {
    /// Which PostgreSQL an image holds, by asking the program in it.
    /// - Throws: `.invalid` when it holds none, `.notFound` when the image is not there and cannot be had, or is not to be pulled.
    public func postgresVersion(of image: String, pulling: ProgressHandler?) async throws -> String? {
        try await onEngine {
            if let pulling {
                try await requireImage(image, progress: pulling)
            } else if try await client.inspectImage(image) == nil {
                throw ClusterError.missingImage(image)
            }
            var config = ContainerConfig(image: image)
            config.entrypoint = ["/bin/sh", "-c", Self.versionQuestion]
            config.command = []
            config.user = "0"
            config.network = NetworkAttachment("none")
            config.disablesHealthcheck = true
            let id = try await client.createContainer("pgbc-version-\(UInt32.random(in: 0 ... .max))", config)
            let result: Result<String?, any Error>
            do {
                result = .success(try await answer(of: id))
            } catch {
                result = .failure(error)
            }
            // It has no labels by which a later command would find it, so it has to go also when the run was cut.
            let removal = await Task.detached { try await client.removeContainer(id, force: true, volumes: true) }
                .result
            guard let version = try result.get() else { throw ClusterError.withoutPostgres(image) }
            try removal.get()
            return version
        }
    }

    /// As the start-up script finds it: the one in PATH, else the latest.
    private static let versionQuestion = """
        p=$(command -v postgres) && exec "$p" -V
        for p in /usr/lib/postgresql/*/bin/postgres /usr/libexec/postgresql*/postgres /usr/local/bin/postgres; do
            [ ! -x "$p" ] || "$p" -V
        done
        """

    private func answer(of container: String) async throws -> String? {
        do throws(EngineError) {
            _ = try await client.startContainer(container)
        } catch {
            // Without a shell it cannot be a node's image either.
            guard error.code == .badRequest || error.code == .serverError || error.code == .notFound else {
                throw error
            }
            return nil
        }
        _ = try await client.waitForContainer(container, limit: .seconds(60))
        var versions: [String] = []
        for try await line in LogLines.stream(of: try await client.logs(container, tail: 20)) {
            guard let found = line.text.split(separator: "(PostgreSQL) ").last, line.text.contains("(PostgreSQL)")
            else { continue }
            versions.append(String(found.prefix { !$0.isWhitespace }))
        }
        return versions.max { $0.compare($1, options: .numeric) == .orderedAscending }
    }

    /// Makes sure that an image is there; pulls one that is not ours.
    func requireImage(_ image: String, progress: @escaping ProgressHandler) async throws {
        if try await client.inspectImage(image) == nil { try await pull(image, progress: progress) }
    }
}

extension ClusterError {
    fileprivate static func withoutPostgres(_ image: String) -> ClusterError {
        ClusterError(
            .invalid,
            operation: "use image \(image)",
            message: "it holds no PostgreSQL: no program 'postgres' in PATH, /usr/lib/postgresql or /usr/local/bin",
            advice: "name an image with PostgreSQL 13 or later"
        )
    }
}
