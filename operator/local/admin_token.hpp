// The token that opens /state and /config of the sidecar's admin address: DIR/gateway.token, for its owner only.
#pragma once

#include <filesystem>
#include <string>

#include "sidecar/base/result.hpp"

namespace mlgateway::local {

// The token in the file; 32 random bytes in hexadecimal are put there first when there is none.
Result<std::string> open_admin_token(const std::filesystem::path& path);

}  // namespace mlgateway::local
