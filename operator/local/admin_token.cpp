#include "operator/local/admin_token.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include <sys/random.h>
#include <sys/stat.h>

#include "operator/local/files.hpp"
#include "sidecar/config/digest.hpp"

namespace mlgateway::local {
namespace {

constexpr std::size_t kTokenBytes = 32;

bool is_token(const std::string& text) {
  return text.size() == 2 * kTokenBytes && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

}  // namespace

Result<std::string> open_admin_token(const std::filesystem::path& path) {
  auto text = read_file(path, 1024);
  if (text) {
    while (text->ends_with('\n')) text->pop_back();
    if (is_token(*text)) return *text;
  }
  std::array<std::uint8_t, kTokenBytes> bytes{};
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    return Error(Reason::Internal, "cannot make a token: the system gives no random bytes");
  }
  std::string token = config::to_hex(bytes);
  auto written = write_file(path, token + "\n", 0600);
  if (!written) return written.error();
  return token;
}

}  // namespace mlgateway::local
