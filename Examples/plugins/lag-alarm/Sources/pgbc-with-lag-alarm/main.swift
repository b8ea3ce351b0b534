import Foundation
import LagAlarm
import PgbcKit
import TcpProxy

exit(await Pgbc.main(plugins: [LagAlarm(), TcpProxy()]))
