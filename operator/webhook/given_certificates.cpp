#include "operator/webhook/given_certificates.hpp"

#include <fstream>
#include <iterator>

namespace mlgateway::webhook {
namespace {

// The kubelet shows a new version a minute after it was written; nobody needs it sooner.
constexpr std::chrono::seconds kAgain{10};
constexpr std::streamsize kMost = 256 << 10;

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(static_cast<std::size_t>(kMost), '\0');
  file.read(text.data(), kMost);
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

}  // namespace

Round look_at_given(const std::filesystem::path& folder, WallTime now) {
  Pair pair{text_of(folder / "tls.crt"), text_of(folder / "tls.key")};
  const auto until = good_until(pair);
  if (!until) return {std::nullopt, "no certificate in " + folder.string() + ": " + until.error().message, kAgain};
  const bool expired = *until <= now;
  return {std::move(pair), expired ? "the certificate in " + folder.string() + " has expired" : "", kAgain};
}

}  // namespace mlgateway::webhook
