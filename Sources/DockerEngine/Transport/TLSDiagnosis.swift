import NIOCore
import NIOPosix
import NIOSSL

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Why a TLS connection did not come about. The library tells in words only, so the engine's certificate is looked at: on one more
/// connection, over which nothing is sent.
struct TLSDiagnosis {
    let address: EngineAddress
    let threads: MultiThreadedEventLoopGroup

    /// A sentence; `nil` where nothing can be said beyond what the library said.
    func reason(of error: any Error) async -> String? {
        guard case .tcp(let host, let port, _?) = address.endpoint else { return nil }
        if let error = error as? NIOSSLExtraError, error == .failedToValidateHostname {
            return "the engine's certificate is for another host than \(host)"
        }
        let seen: NIOSSLCertificate?
        do { seen = try await certificate(at: host, port) } catch { return nil }
        guard let certificate = seen else {
            return
                "the connection ended before a certificate was shown: perhaps it does not speak TLS, or just starts or stops"
        }
        let now = Date().timeIntervalSince1970
        if TimeInterval(certificate.notValidAfter) < now { return "the engine's certificate has expired" }
        if TimeInterval(certificate.notValidBefore) > now { return "the engine's certificate is not valid yet" }
        // With TLS 1.3 a client is refused only after its own side of the handshake has succeeded.
        guard case NIOSSLError.handshakeFailed = error else { return "the engine refuses this client's certificate" }
        return "the engine's certificate is not from an authority in ca.pem, or it refuses this client's"
    }

    /// The engine's own certificate, whoever signed it.
    private func certificate(at host: String, _ port: Int) async throws -> NIOSSLCertificate? {
        guard var configuration = try address.tlsConfiguration() else { return nil }
        configuration.certificateVerification = .noHostnameVerification
        let context = try NIOSSLContext(configuration: configuration)
        let found = threads.next().makePromise(of: NIOSSLCertificate?.self)
        let bootstrap = ClientBootstrap(group: threads).connectTimeout(.seconds(5)).channelInitializer { channel in
            channel.closeFuture.whenComplete { _ in found.succeed(nil) }
            return channel.eventLoop.makeCompletedFuture {
                let tls = try NIOSSLClientHandler(
                    context: context,
                    serverHostname: nil,
                    customVerificationCallback: { chain, verdict in
                        found.succeed(chain.first)
                        verdict.succeed(.failed)
                    }
                )
                try channel.pipeline.syncOperations.addHandler(tls)
            }
        }
        do {
            let channel = try await bootstrap.connect(host: host, port: port).get()
            defer { channel.close(promise: nil) }
            let bound = channel.eventLoop.scheduleTask(in: .seconds(5)) {
                found.fail(ChannelError.connectTimeout(.seconds(5)))
            }
            defer { bound.cancel() }
            return try await found.futureResult.get()
        } catch {
            found.succeed(nil)
            throw error
        }
    }
}
