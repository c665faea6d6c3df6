#if PacketCapture
    import CPcap
    import Glibc
    import SystemPackage

    /// Packets as an interface of this machine sees them, or as a file has kept them (libpcap).
    ///
    /// It belongs to the network namespace of the thread that opened it.
    @safe package struct CaptureSession: ~Copyable {
        private let handle: OpaquePointer
        /// What the frames begin with.
        package let link: LinkType
        /// What becomes readable when frames have come (pcap_get_selectable_fd(3PCAP)).
        package let descriptor: CInt

        /// The device that stands for all interfaces of a namespace.
        package static let allInterfaces = "any"

        /// Frames of `interface` that `filter` (pcap-filter(7)) lets through, from now on.
        ///
        /// Each is kept up to `snapLength` bytes, and `bufferBytes` of them wait to be taken.
        /// They come at once, not in blocks; the interface stays out of promiscuous mode.
        ///
        /// - Throws: ``CaptureError``.
        package init(
            on interface: String, filter: String, snapLength: CInt = 256,
            bufferBytes: CInt = 32 << 20
        ) throws(CaptureError) {
            var message = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
            guard let handle = unsafe pcap_create(interface, &message) else {
                throw .failed(Self.text(of: message))
            }
            unsafe pcap_set_snaplen(handle, snapLength)
            unsafe pcap_set_promisc(handle, 0)
            unsafe pcap_set_immediate_mode(handle, 1)
            unsafe pcap_set_buffer_size(handle, bufferBytes)
            unsafe pcap_set_tstamp_precision(handle, PCAP_TSTAMP_PRECISION_NANO)
            do throws(CaptureError) {
                unsafe try Self.activate(handle, on: interface)
                // The second form of cooked frames tells the interface; libpcap's default is the first.
                if interface == Self.allInterfaces {
                    unsafe pcap_set_datalink(handle, CInt(LinkType.cooked2.rawValue))
                }
                unsafe try Self.restrict(handle, to: filter)
                unsafe link = try Self.link(of: handle)
            } catch {
                unsafe pcap_close(handle)
                throw error
            }
            unsafe pcap_setnonblock(handle, 1, &message)
            unsafe descriptor = pcap_get_selectable_fd(handle)
            unsafe self.handle = handle
        }

        /// The frames in a file of the format pcap or pcapng, which `source` reads and is then closed.
        ///
        /// - Throws: ``CaptureError``.
        package init(reading source: consuming OwnedDescriptor) throws(CaptureError) {
            let copy = dup(source.rawValue)
            guard copy >= 0, let stream = unsafe fdopen(copy, "r") else {
                throw .failed("\(Errno.current)")
            }
            var message = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
            guard
                let handle = unsafe pcap_fopen_offline_with_tstamp_precision(
                    stream, UInt32(PCAP_TSTAMP_PRECISION_NANO), &message)
            else {
                unsafe fclose(stream)
                throw .failed(Self.text(of: message))
            }
            do throws(CaptureError) {
                unsafe link = try Self.link(of: handle)
            } catch {
                unsafe pcap_close(handle)
                throw error
            }
            descriptor = copy
            unsafe self.handle = handle
        }

        deinit { unsafe pcap_close(handle) }

        /// Gives what waits to `body`, `limit` frames at most.
        ///
        /// - Throws: ``CaptureError`` when the interface went away, or the file makes no sense.
        package mutating func take(
            atMost limit: Int, _ body: (CapturedFrame, RawSpan) -> Void
        ) throws(CaptureError) -> Taken {
            for _ in 0..<limit {
                var header: UnsafeMutablePointer<pcap_pkthdr>?
                var bytes: UnsafePointer<UInt8>?
                let result = unsafe pcap_next_ex(handle, &header, &bytes)
                switch result {
                case 1:
                    guard let header = unsafe header?.pointee, let bytes = unsafe bytes else {
                        return .all
                    }
                    let frame = CapturedFrame(
                        nanoseconds: Int64(header.ts.tv_sec) &* 1_000_000_000
                            &+ Int64(header.ts.tv_usec),
                        length: Int(header.len))
                    let span = unsafe RawSpan(
                        _unsafeStart: UnsafeRawPointer(bytes), byteCount: Int(header.caplen))
                    body(frame, span)
                case 0: return .all
                case PCAP_ERROR_BREAK: return .end
                default: throw unsafe Self.failure(of: handle)
                }
            }
            return .some
        }

        /// What of the waiting frames was taken.
        package enum Taken {
            /// All that were there.
            case all
            /// As many as were wanted; there may be more.
            case some
            /// All there will ever be: the file has ended.
            case end
        }

        /// How many frames the kernel saw for this session and how many it dropped; nil for files.
        package func counts() -> CaptureCounts? {
            var counts = pcap_stat()
            guard unsafe pcap_stats(handle, &counts) == 0 else { return nil }
            return CaptureCounts(
                received: UInt64(counts.ps_recv), dropped: UInt64(counts.ps_drop),
                droppedByInterface: UInt64(counts.ps_ifdrop))
        }
    }

    extension CaptureSession {
        private static func activate(
            _ handle: OpaquePointer, on interface: String
        ) throws(CaptureError) {
            let result = unsafe pcap_activate(handle)
            switch result {
            case 0...: return
            case PCAP_ERROR_PERM_DENIED: throw .notPermitted
            case PCAP_ERROR_NO_SUCH_DEVICE: throw .noSuchInterface(interface)
            case PCAP_ERROR_IFACE_NOT_UP: throw .interfaceDown(interface)
            default: throw unsafe failure(of: handle)
            }
        }

        private static func restrict(
            _ handle: OpaquePointer, to filter: String
        ) throws(CaptureError) {
            var program = unsafe bpf_program()
            guard unsafe pcap_compile(handle, &program, filter, 1, PCAP_NETMASK_UNKNOWN) == 0
            else { throw unsafe failure(of: handle) }
            defer { unsafe pcap_freecode(&program) }
            guard unsafe pcap_setfilter(handle, &program) == 0 else {
                throw unsafe failure(of: handle)
            }
        }

        private static func link(of handle: OpaquePointer) throws(CaptureError) -> LinkType {
            let number = unsafe pcap_datalink(handle)
            // libpcap names raw IP by a number of the platform, which files do not have.
            if number == DLT_RAW { return .rawIP }
            guard let link = UInt16(exactly: number).flatMap(LinkType.init(rawValue:)) else {
                let name = unsafe pcap_datalink_val_to_name(number).map {
                    unsafe String(cString: $0)
                }
                throw .unknownLink(name ?? "\(number)")
            }
            return link
        }

        private static func failure(of handle: OpaquePointer) -> CaptureError {
            guard let text = unsafe pcap_geterr(handle) else { return .failed("unknown") }
            return .failed(unsafe String(cString: text))
        }

        private static func text(of message: [CChar]) -> String {
            String(decoding: message.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        }
    }
#endif
