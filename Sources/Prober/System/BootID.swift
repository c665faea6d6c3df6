/// What tells this boot of the kernel from every other, on this machine and elsewhere; nil when it is
/// hidden.
///
/// Processes that see the same one share a clock, in whatever namespaces they are.
package func kernelBootID() -> String? {
    let path = "/proc/sys/kernel/random/boot_id"
    guard let bytes = try? FileContents.bytes(of: path, atMost: 64) else { return nil }
    let text = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    return text.isEmpty ? nil : text
}
