import Foundation
import LagAlarm
import PgbcKit

exit(await Pgbc.main(plugins: [LagAlarm()]))
