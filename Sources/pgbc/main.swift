import Foundation
import PgbcKit

exit(await Pgbc.main())
