#include "sidecar/config/loader.hpp"

#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "sidecar/base/log.hpp"
#include "sidecar/base/result.hpp"
#include "sidecar/config/digest.hpp"
#include "sidecar/config/parse.hpp"

namespace mlgateway::config {
namespace {

// Far above any config: a Secret holds one megabyte. Only so that a wrong file cannot fill the memory.
constexpr std::size_t kMaxFileBytes = 64u << 20;

struct Content {
  int failure = 0;  // of errno
  std::string text;
};

// Everything comes from one descriptor, so that a switch of `..data` in between cannot mix two files.
Content read_file(const char* path) {
  Content content;
  const int file = ::open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return {errno, {}};
  char block[64 << 10];
  ssize_t size = 0;
  while ((size = ::read(file, block, sizeof block)) != 0) {
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) content.failure = errno;
    if (size > 0 && content.text.size() + static_cast<std::size_t>(size) > kMaxFileBytes) content.failure = EFBIG;
    if (content.failure != 0) break;
    content.text.append(block, static_cast<std::size_t>(size));
  }
  ::close(file);
  return content;
}

}  // namespace

Loader::Loader(std::filesystem::path directory)
    : directory_(std::move(directory)), file_((directory_ / kFileName).string()) {}

std::shared_ptr<const GatewayConfig> Loader::load(WallTime now) {
  const Content content = read_file(file_.c_str());
  if (content.failure != 0) {
    const bool never_there = content.failure == ENOENT && state_.config == nullptr;
    if (!never_there) fail(now, std::nullopt, std::generic_category().message(content.failure));
    return nullptr;
  }
  const Digest digest = sha256(content.text);
  if (digest == in_force_) {
    clear_error();
    return nullptr;
  }
  if (digest == refused_) return nullptr;
  auto parsed = parse(content.text);
  if (!parsed) {
    fail(now, digest, parsed.error().message);
    return nullptr;
  }
  in_force_ = digest;
  clear_error();
  state_.config = std::make_shared<const GatewayConfig>(std::move(*parsed));
  state_.loaded_time = now;
  ++state_.reloads_succeeded;
  return state_.config;
}

void Loader::fail(WallTime now, const std::optional<Digest>& content, const std::string& words) {
  refused_ = content;
  std::string error = file_ + ": " + words;
  if (error == state_.error) return;
  state_.error = std::move(error);
  state_.error_since = now;
  ++state_.reloads_failed;
  log::error("config refused", {{"error", state_.error}, {"in_force", state_.config ? state_.config->hash : ""}});
}

void Loader::clear_error() {
  refused_.reset();
  state_.error.clear();
  state_.error_since.reset();
}

}  // namespace mlgateway::config
