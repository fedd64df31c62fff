#include "sidecar/limits/journal_folder.hpp"

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace mlgateway::limits {
namespace {

// Its files name callers.
constexpr mode_t kOwnerOnly = 0700;

Error failed(std::string_view what, const std::string& path) {
  const std::string words = std::generic_category().message(errno);
  return {Reason::InvalidConfig, "state directory: cannot " + std::string(what) + " \"" + path + "\": " + words};
}

}  // namespace

Result<JournalFolder> JournalFolder::open(const std::string& path) {
  if (::mkdir(path.c_str(), kOwnerOnly) != 0 && errno != EEXIST) return failed("make", path);
  // A file of its own: the journal is replaced now and then, and with it would go a lock on it.
  const std::string name = path + "/quota.lock";
  Descriptor lock(::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!lock.open()) return failed("open", name);
  if (::flock(lock.number(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return failed("lock", name);
    return Error(Reason::InvalidConfig,
                 "state directory: \"" + path + "\" is in use by another process; give each process its own");
  }
  return JournalFolder(path, std::move(lock));
}

Status JournalFolder::replace() const {
  if (std::rename(next().c_str(), journal().c_str()) != 0) return failed("replace", journal());
  return Done{};
}

Status JournalFolder::sync() const {
  const Descriptor directory(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.open() || ::fsync(directory.number()) != 0) return failed("sync", path_);
  return Done{};
}

}  // namespace mlgateway::limits
