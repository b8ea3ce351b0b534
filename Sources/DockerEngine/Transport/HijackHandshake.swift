import NIOCore

/// Sends the request that takes a connection over, and steps aside once the engine has agreed.
///
/// Input that is sent before the engine has answered would be lost, so the channel is handed out only then.
final class HijackHandshake: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    typealias Connection = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    private let request: ByteBuffer
    private let operation: String
    private let promise: EventLoopPromise<Connection>
    private var buffer = ByteBuffer()
    private var refusal: HijackHead?

    init(request: ByteBuffer, operation: String, promise: EventLoopPromise<Connection>) {
        self.request = request
        self.operation = operation
        self.promise = promise
    }

    func channelActive(context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(request), promise: nil)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        buffer.writeImmutableBuffer(unwrapInboundIn(data))
        do {
            if refusal == nil, let head = try HijackHead.read(from: &buffer) {
                guard !head.isTakenOver else { return try hand(over: context) }
                refusal = head
            }
            if let refusal, buffer.readableBytes >= refusal.contentLength ?? 0 { refuse(refusal, context) }
        } catch {
            fail(error, context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        promise.fail(ChannelError.eof)
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event { fail(ChannelError.eof, context) }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(error, context)
    }

    private func hand(over context: ChannelHandlerContext) throws {
        let configuration = Connection.Configuration(isOutboundHalfClosureEnabled: true)
        promise.succeed(try Connection(wrappingChannelSynchronously: context.channel, configuration: configuration))
        if buffer.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(buffer)) }
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    private func refuse(_ head: HijackHead, _ context: ChannelHandlerContext) {
        let body = buffer.getSlice(at: buffer.readerIndex, length: head.contentLength ?? buffer.readableBytes)
        fail(EngineError(refusal: body ?? buffer, status: head.status, operation: operation), context)
    }

    private func fail(_ error: any Error, _ context: ChannelHandlerContext) {
        promise.fail(error)
        context.close(promise: nil)
    }
}

extension HijackHandshake {
    typealias InboundOut = ByteBuffer
}
