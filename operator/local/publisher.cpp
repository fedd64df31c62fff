#include "operator/local/publisher.hpp"

#include <chrono>
#include <limits>
#include <set>
#include <system_error>

#include "operator/api/timestamp.hpp"
#include "operator/local/files.hpp"
#include "sidecar/config/gateway_config.hpp"

namespace mlgateway::local {
namespace {

namespace fs = std::filesystem;

constexpr const char* kData = "..data";
constexpr const char* kNextData = "..data_tmp";

Error failed(const std::string& what, const fs::path& path, const std::error_code& failure) {
  return Error(Reason::Internal, "cannot " + what + " " + path.string() + ": " + failure.message());
}

// "..2031_02_28_09_00_00.N" with the first N that is free.
std::string free_name(const fs::path& folder, WallTime now) {
  std::string stamp = api::format_timestamp(now);
  stamp.pop_back();  // Z
  for (char& c : stamp) {
    if (c == '-' || c == ':' || c == 'T') c = '_';
  }
  std::error_code failure;
  for (std::size_t n = 1;; ++n) {
    std::string name = ".." + stamp + "." + std::to_string(n);
    if (!fs::exists(folder / name, failure)) return name;
  }
}

}  // namespace

Status Publisher::open() { return make_folder(folder_, 0700); }

Result<bool> Publisher::publish(std::string_view content, WallTime now) {
  const auto before = read_file(folder_ / kData / config::kFileName, std::numeric_limits<std::size_t>::max());
  if (before && *before == content) {
    auto linked = link_file();
    if (!linked) return linked.error();
    return false;
  }
  const std::string name = free_name(folder_, now);
  auto made = make_folder(folder_ / name, 0700);
  if (!made) return made.error();
  auto written = write_file(folder_ / name / config::kFileName, content, 0600);
  if (!written) return written.error();
  auto switched = switch_to(name);
  if (!switched) return switched.error();
  auto linked = link_file();
  if (!linked) return linked.error();
  remove_others(name);
  return true;
}

// A link cannot be changed, but another can be renamed over it at once.
Status Publisher::switch_to(const std::string& name) {
  std::error_code failure;
  fs::remove(folder_ / kNextData, failure);
  fs::create_directory_symlink(name, folder_ / kNextData, failure);
  if (failure) return failed("make the link", folder_ / kNextData, failure);
  fs::rename(folder_ / kNextData, folder_ / kData, failure);
  if (failure) return failed("switch the link", folder_ / kData, failure);
  return Done{};
}

Status Publisher::link_file() {
  const fs::path link = folder_ / config::kFileName;
  const fs::path target = fs::path(kData) / config::kFileName;
  std::error_code failure;
  if (fs::read_symlink(link, failure) == target) return Done{};
  fs::remove(link, failure);
  fs::create_symlink(target, link, failure);
  if (failure) return failed("make the link", link, failure);
  return Done{};
}

void Publisher::remove_others(const std::string& kept) {
  std::error_code failure;
  std::set<fs::path> old;
  for (const auto& entry : fs::directory_iterator(folder_, failure)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("..2") && name != kept && entry.is_directory(failure)) old.insert(entry.path());
  }
  for (const fs::path& path : old) fs::remove_all(path, failure);
}

}  // namespace mlgateway::local
