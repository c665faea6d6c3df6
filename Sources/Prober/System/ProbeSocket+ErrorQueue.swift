import CLinux
import Glibc

extension ProbeSocket {
    /// Takes the oldest entry off the error queue; nil when the queue is empty.
    func takeQueuedError() -> QueuedError? {
        var control = InlineArray<16, UInt64>(repeating: 0)
        var span = control.mutableSpan
        return unsafe span.withUnsafeMutableBytes { room in
            var message = unsafe msghdr()
            unsafe message.msg_control = room.baseAddress
            unsafe message.msg_controllen = room.count
            let flags = CInt(MSG_ERRQUEUE | MSG_DONTWAIT)
            let result = unsafe recvmsg(rawDescriptor, &message, flags)
            guard result >= 0 else { return nil }
            return unsafe QueuedError(
                control: UnsafeRawBufferPointer(
                    rebasing: UnsafeRawBufferPointer(room).prefix(message.msg_controllen)))
        }
    }
}
