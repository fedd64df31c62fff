#include "operator/local/local.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>

#include <fcntl.h>
#include <sys/file.h>

#include "operator/local/admin_token.hpp"
#include "operator/local/admission.hpp"
#include "operator/local/files.hpp"
#include "operator/local/reconciler.hpp"
#include "operator/local/watch.hpp"
#include "operator/sidecars/sidecar_watch.hpp"
#include "sidecar/base/log.hpp"
#include "sidecar/config/digest.hpp"

namespace mlgateway::local {
namespace {

using std::chrono::milliseconds;
using std::chrono::system_clock;

// Network file systems and overlays do not tell of every change.
constexpr auto kBackstop = milliseconds(10'000);
// After a round that failed, or that had to leave out a file that somebody was writing.
constexpr auto kRetry = milliseconds(1000);

Status make_out(const std::filesystem::path& out) {
  auto made = make_folder(out, 0755);
  if (!made) return made;
  // Held, and the file open, until the process ends: two operators would undo each other's work.
  const int lock = ::open((out / ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock < 0) return Error(Reason::Internal, "cannot write to the folder " + out.string());
  if (::flock(lock, LOCK_EX | LOCK_NB) == 0) return Done{};
  return Error(Reason::Internal, "another operator is at work in " + out.string());
}

milliseconds until(const std::optional<WallTime>& again, WallTime now) {
  if (!again) return kBackstop;
  // A millisecond more, so that the moment has passed when we look.
  return std::clamp(std::chrono::ceil<milliseconds>(*again - now) + milliseconds(1), milliseconds(1), kBackstop);
}

// The part that runs until somebody says stop.
class Loop {
 public:
  Loop(Reconciler& reconciler, Watch& watch, const Options& options, const std::string& token)
      : reconciler_(reconciler), watch_(watch) {
    if (options.sidecar.empty()) return;
    sidecar_ = std::make_unique<sidecars::SidecarWatch>(options.sidecar, token, [&watch] { watch.nudge(); });
  }

  int run() {
    while (true) {
      const milliseconds most = round();
      if (!watch_.wait(most)) break;
    }
    log::info("stopped");
    return 0;
  }

 private:
  // One round; how long to wait for the next.
  milliseconds round() {
    const WallTime now = system_clock::now();
    const auto report = sidecar_ ? sidecar_->latest() : std::nullopt;
    const auto being_written = watch_.being_written();
    const auto done = reconciler_.reconcile(being_written, report, now);
    if (!done) {
      if (failure_ != done.error().message) log::error("round failed", {{"error", done.error().message}});
      failure_ = done.error().message;
      return kRetry;
    }
    failure_.clear();
    if (sidecar_) sidecar_->expect(done->config_hash);
    const milliseconds next = until(done->again, now);
    return being_written.empty() ? next : std::min(next, kRetry);
  }

  Reconciler& reconciler_;
  Watch& watch_;
  std::unique_ptr<sidecars::SidecarWatch> sidecar_;
  std::string failure_;  // of the last round: what is said once is not said again
};

Result<int> start(const Options& options) {
  if (!std::filesystem::is_directory(options.manifests)) {
    return Error(Reason::Internal, "--manifests: there is no folder " + options.manifests.string());
  }
  auto made = make_out(options.out);
  if (!made) return made.error();
  const auto admission = Admission::make();
  if (!admission) return admission.error();
  const auto token = open_admin_token(options.out / "gateway.token");
  if (!token) return token.error();
  auto reconciler = Reconciler::open(options.manifests, options.out, *admission, config::sha256(*token));
  if (!reconciler) return reconciler.error();
  if (options.once) {
    const auto round = (*reconciler)->reconcile({}, std::nullopt, system_clock::now());
    if (!round) return round.error();
    return round->all_good ? 0 : 1;
  }
  Watch watch;
  auto opened = watch.open(options.manifests);
  if (!opened) return opened.error();
  return Loop(**reconciler, watch, options, *token).run();
}

}  // namespace

int run(const Options& options) {
  const auto code = start(options);
  if (code) return *code;
  log::error("cannot run", {{"error", code.error().message}});
  return 1;
}

}  // namespace mlgateway::local
