# shellcheck shell=bash
# Sourced: building pgbc. Needs steps.sh and packages.sh; run from the top of the checkout.

release_pgbc=.build/pgbc

# The optimised binary carries the Swift runtime, so that it starts fast and runs on a machine without Swift. It is linked to a fixed
# address, which leaves its tables as they are in the file: 120,000 addresses to write at each start would be half of its page faults.
build_release() {
    local built
    swift build --configuration release --product pgbc --static-swift-stdlib -Xswiftc -Xclang-linker -Xswiftc -no-pie
    built=$(swift build --configuration release --show-bin-path)/pgbc
    if [ ! -e "$release_pgbc" ] || [ "$built" -nt "$release_pgbc" ]; then
        strip -o "$release_pgbc.new" "$built"
        mv "$release_pgbc.new" "$release_pgbc"
        say "built $release_pgbc"
    else
        say "$release_pgbc is up to date"
    fi
}

# Debug build of everything, tests included; sets debug_pgbc.
build_debug() {
    swift build --build-tests
    # shellcheck disable=SC2034
    debug_pgbc=$(swift build --show-bin-path)/pgbc
}
