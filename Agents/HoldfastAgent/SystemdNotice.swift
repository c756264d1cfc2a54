import Foundation
import NIOCore
import NIOPosix

/// Tells systemd how the service fares, where it asked (`Type=notify`).
///
/// The protocol of `sd_notify(3)`: datagrams of lines to the socket that
/// `NOTIFY_SOCKET` names.
enum SystemdNotice: String {
    case ready = "READY=1"
    case stopping = "STOPPING=1"

    /// Sends the notice; where nobody asked, or nobody hears it, that changes nothing.
    func send() async {
        let environment = ProcessInfo.processInfo.environment
        // An abstract socket, `@`, is systemd's own habit inside containers alone.
        guard let path = environment["NOTIFY_SOCKET"], path.hasPrefix("/") else { return }
        guard
            let channel = try? await DatagramBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connect(unixDomainSocketPath: path).get()
        else { return }
        try? await channel.writeAndFlush(ByteBuffer(string: rawValue)).get()
        try? await channel.close()
    }
}
