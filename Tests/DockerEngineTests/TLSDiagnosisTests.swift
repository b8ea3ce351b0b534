import Foundation
import NIOCore
import NIOPosix
import Testing

@testable import DockerEngine

@Suite(.timeLimit(.minutes(1))) struct `What is said of a TLS connection that did not come about` {
    @Test(arguments: ["", "HTTP/1.1 400 Bad Request\r\n\r\n"])
    func `is no more than is known when the engine shows no certificate`(words: String) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tls-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, text) in ["ca": Self.certificate, "cert": Self.certificate, "key": Self.key] {
            try Data(text.utf8).write(to: folder.appending(path: "\(name).pem"))
        }
        let threads = MultiThreadedEventLoopGroup.singleton
        let engine = try await ServerBootstrap(group: threads)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Parting(words: words))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let address = try EngineAddress.fromEnvironment([
            "DOCKER_HOST": "tcp://127.0.0.1:\(try #require(engine.localAddress?.port))", "DOCKER_TLS_VERIFY": "1",
            "DOCKER_CERT_PATH": folder.path(),
        ])
        let reason = await TLSDiagnosis(address: address, threads: threads).reason(of: ChannelError.eof)
        try await engine.close()
        #expect(
            reason
                == "the connection ended before a certificate was shown: perhaps it does not speak TLS, or just starts or stops"
        )
    }

    /// Takes what the client says first, answers with some words, and closes.
    private final class Parting: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        private let words: String

        init(words: String) { self.words = words }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: words)), promise: nil)
            context.close(promise: nil)
        }
    }

    /// A client's files. They are good for nothing else: nobody trusts them.
    private static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBdDCCARugAwIBAgIUKPTUxNy+x/MZ1Zjoi8XGnmDkBzcwCgYIKoZIzj0EAwIw
        DzENMAsGA1UEAwwEdGVzdDAgFw0yNjExMjMxNDE0MTZaGA8yMTI2MTAzMDE0MTQx
        NlowDzENMAsGA1UEAwwEdGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABO9W
        PbndSQ0hOAMHD4x48P5GgH3SuRda1YGmLMFur9xwG90PETQKFuINTNeBCEZlXXL2
        Spju6q7o6GUY7UNc77ijUzBRMB0GA1UdDgQWBBQ0z4fgBSOVAcOte5i5YG0vptQi
        tTAfBgNVHSMEGDAWgBQ0z4fgBSOVAcOte5i5YG0vptQitTAPBgNVHRMBAf8EBTAD
        AQH/MAoGCCqGSM49BAMCA0cAMEQCIBi42st8mTx1dcxYtn8xeO/Z3qXVVbqdkyn+
        m+w3grXJAiB5erznvQsnM5oWG4RNhx0VhA7lpH7XAIt8qVhyRiKB2w==
        -----END CERTIFICATE-----

        """
    private static let key = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgTSPqvzGMtFEPffGH
        tRYT4NQuVYCLwIrk3hGbATTJCtShRANCAATvVj253UkNITgDBw+MePD+RoB90rkX
        WtWBpizBbq/ccBvdDxE0ChbiDUzXgQhGZV1y9kqY7uqu6OhlGO1DXO+4
        -----END PRIVATE KEY-----

        """
}
