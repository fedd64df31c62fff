#include "operator/kube/informer.hpp"

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <future>

#include <gtest/gtest.h>

#include "operator/kube/json_text.hpp"
#include "tests/operator/kube/scripted_server.hpp"

namespace mlgateway::kube {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using testing_support::Asked;
using testing_support::Connection;
using testing_support::ScriptedServer;

constexpr auto kLong = 60s;

Instant in(std::chrono::milliseconds time) { return std::chrono::steady_clock::now() + time; }

json object(const std::string& name, const std::string& version) {
  return {
      {"metadata", {{"namespace", "models"}, {"name", name}, {"resourceVersion", version}, {"managedFields", {1}}}}};
}

std::string list_of(std::vector<json> items, const std::string& version, const std::string& more = "") {
  return json{{"metadata", {{"resourceVersion", version}, {"continue", more}}}, {"items", items}}.dump();
}

std::string event(const std::string& type, const json& about) {
  return json{{"type", type}, {"object", about}}.dump() + "\n";
}

// What an informer tells, to be waited for.
class Heard {
 public:
  void operator()(const Change& change) {
    {
      const std::scoped_lock lock(mutex_);
      versions_[change.key.name] = change.after ? version_of(*change.after) : "gone";
    }
    told_.notify_all();
  }
  bool wait(const std::string& name, const std::string& version) {
    std::unique_lock lock(mutex_);
    return told_.wait_for(lock, kLong, [&] { return versions_.contains(name) && versions_[name] == version; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable told_;
  std::map<std::string, std::string> versions_;
};

// Answers lists with the first argument and the n-th watch as the second one says.
ScriptedServer::Script api(std::function<std::string(const Asked&)> lists,
                           std::function<void(Connection&, const Asked&, int)> watches) {
  return [lists, watches, count = std::make_shared<std::atomic<int>>(0)](Connection& connection) {
    while (const auto asked = connection.read()) {
      if (asked->target.find("watch=1") == std::string::npos) {
        connection.answer(200, lists(*asked));
        continue;
      }
      return watches(connection, *asked, (*count)++);
    }
  };
}

InformerOptions options() {
  InformerOptions options{.resource = kMlRoutes};
  // Tests wait for what happens, not for the wait before it.
  options.watch.backoff = {1ms, 2ms, 1ms};
  return options;
}

// An informer of a scripted server, and what it tells.
struct Following {
  explicit Following(ScriptedServer::Script script, InformerOptions how = options())
      : server(std::move(script)),
        client({.peer = {.url = server.url()}}),
        informer(client, std::move(how), [this](const Change& change) { heard(change); }) {}

  ScriptedServer server;
  Heard heard;
  Client client;
  Informer informer;
};

TEST(Informer, ListsInPagesAndFollows) {
  Following f(api(
      [](const Asked& asked) {
        const bool first = asked.target.find("continue=") == std::string::npos;
        return first ? list_of({object("a", "5")}, "10", "more") : list_of({object("b", "6")}, "10");
      },
      [](Connection& connection, const Asked& asked, int) {
        EXPECT_NE(asked.target.find("resourceVersion=10&"), std::string::npos);
        connection.begin();
        connection.chunk(event("MODIFIED", object("a", "11")));
        connection.chunk(event("DELETED", object("b", "12")));
        connection.hold();
      }));
  EXPECT_TRUE(f.heard.wait("a", "11"));
  EXPECT_TRUE(f.heard.wait("b", "gone"));
  EXPECT_TRUE(f.informer.synced());
  EXPECT_TRUE(f.informer.wait_synced(in(0ms), {}));
  EXPECT_EQ(f.informer.store().size(), 1);
  // Nobody reads them, and they are half of an object.
  EXPECT_FALSE((*f.informer.store().get({"models", "a"}))["metadata"].contains("managedFields"));
}

TEST(Informer, GoesOnWhereAWatchWasCutInMidLine) {
  Following f(api([](const Asked&) { return list_of({}, "10"); },
                  [](Connection& connection, const Asked& asked, int count) {
                    connection.begin();
                    if (count == 0) {
                      connection.chunk(event("ADDED", object("a", "11")));
                      connection.chunk(event("ADDED", object("b", "12")).substr(0, 30));
                      return;
                    }
                    EXPECT_NE(asked.target.find("resourceVersion=11&"), std::string::npos) << asked.target;
                    connection.chunk(event("ADDED", object("b", "12")));
                    connection.hold();
                  }));
  EXPECT_TRUE(f.heard.wait("b", "12"));
}

TEST(Informer, ListsAgainAfter410) {
  std::atomic<int> lists{0};
  Following f(
      api([&](const Asked&) { return list_of({object("a", std::to_string(5 + lists))}, std::to_string(10 + lists++)); },
          [](Connection& connection, const Asked&, int count) {
            if (count == 0) return connection.answer(410, "{}");
            connection.begin();
            if (count == 1) {
              connection.chunk(event("ERROR", {{"kind", "Status"}, {"code", 410}}));
            }
            connection.hold();
          }));
  EXPECT_TRUE(f.heard.wait("a", "7"));
}

TEST(Informer, OutlivesAServerInTrouble) {
  Following f([count = std::make_shared<std::atomic<int>>(0)](Connection& connection) {
    const auto asked = connection.read();
    if (!asked) return;
    switch ((*count)++) {
      case 0: return connection.answer(500, "{}");
      case 1: return connection.answer(429, "{}", "Retry-After: 0\r\n");
      case 2: return;
      case 3: return connection.answer(200, "<html>");
      case 4: return connection.answer(200, list_of({object("a", "5")}, "10"), "Connection: close\r\n");
      case 5: return connection.answer(500, "{}");
      default:
        connection.begin();
        connection.chunk(event("MODIFIED", object("a", "11")));
        connection.hold();
    }
  });
  EXPECT_TRUE(f.heard.wait("a", "11"));
}

TEST(Informer, SaysWhatTroubleThereIs) {
  Following f([](Connection& connection) {
    while (connection.read()) connection.answer(403, R"({"kind":"Status","message":"may not list"})");
  });
  const Instant end = in(kLong);
  while (!f.informer.trouble() && std::chrono::steady_clock::now() < end) std::this_thread::yield();
  ASSERT_TRUE(f.informer.trouble());
  EXPECT_EQ(f.informer.trouble()->kind, FaultKind::Forbidden);
  EXPECT_FALSE(f.informer.synced());
}

TEST(Informer, BringsEveryObjectUpAgain) {
  InformerOptions how = options();
  how.resync = 0s;
  std::atomic<int> times{0};
  std::promise<void> again;
  ScriptedServer server(api([](const Asked&) { return list_of({object("a", "5")}, "10"); },
                            [](Connection& connection, const Asked&, int) {
                              connection.begin();
                              connection.hold();
                            }));
  Client client({.peer = {.url = server.url()}});
  const Informer informer(client, how, [&](const Change& change) {
    if (++times == 3) again.set_value();
    if (times > 1) EXPECT_EQ(change.before, change.after);
  });
  EXPECT_EQ(again.get_future().wait_for(kLong), std::future_status::ready);
}

TEST(Informer, EndsAtOnceWhileItWaits) {
  for (const bool silent : {true, false}) {
    Following f([silent](Connection& connection) {
      while (connection.read()) {
        if (silent) return connection.hold();
        connection.answer(503, "{}");
      }
    });
  }
}

TEST(Client, ReadsTheTokenAgainWhenTheServerDoesNotTakeIt) {
  std::string name = (std::filesystem::temp_directory_path() / "mlgateway-token-XXXXXX").string();
  ::close(::mkstemp(name.data()));
  std::ofstream(name) << "old";
  ScriptedServer server([](Connection& connection) {
    while (const auto asked = connection.read()) {
      const bool known = asked->head.find("Authorization: Bearer new") != std::string::npos;
      connection.answer(known ? 200 : 401, "{}");
    }
  });
  Client client({.peer = {.url = server.url()}, .token = {"", name}});
  EXPECT_EQ(client.send(get(kPods, {"models", "a"})).fault().kind, FaultKind::Unauthorized);
  std::ofstream(name) << "new";
  EXPECT_TRUE(client.send(get(kPods, {"models", "a"})));
  std::filesystem::remove(name);
}

TEST(Client, MakesWritesWaitTheirTurnAndUrgentOnesNot) {
  ScriptedServer server([](Connection& connection) {
    while (connection.read()) connection.answer(200, "{}");
  });
  // One write now, the next in a day.
  Client client({.peer = {.url = server.url()}}, {.writes_per_second = 1.0 / 86400, .write_burst = 1});
  Request write = merge_patch(kPods, {"models", "a"}, {}, "m");
  EXPECT_TRUE(client.send(write));
  std::stop_source stop;
  auto waiting = std::async(std::launch::async, [&] { return client.send(write, stop.get_token()); });
  EXPECT_EQ(waiting.wait_for(50ms), std::future_status::timeout);
  Request urgent = write;
  urgent.urgent = true;
  EXPECT_TRUE(client.send(urgent));
  EXPECT_TRUE(client.send(get(kPods, {"models", "a"})));
  stop.request_stop();
  EXPECT_EQ(waiting.get().fault().kind, FaultKind::Stopped);
}

TEST(Client, SaysThatAnAnswerIsNoObject) {
  ScriptedServer server([](Connection& connection) {
    while (connection.read()) connection.answer(200, std::string(1000, '['));
  });
  Client client({.peer = {.url = server.url()}});
  EXPECT_EQ(client.send(get(kPods, {"models", "a"})).fault().kind, FaultKind::Unreadable);
}

}  // namespace
}  // namespace mlgateway::kube
