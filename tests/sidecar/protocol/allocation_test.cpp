#include <cstdlib>
#include <new>
#include <string>

#include <gtest/gtest.h>

#include "sidecar/protocol/router.hpp"
#include "sidecar/protocol/upstream_target.hpp"
#include "tests/sidecar/config/routes.hpp"

namespace {
thread_local long allocations = 0;
}

// Of this test program only, so that the promise of router.hpp can be kept to.
void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace mlgateway::protocol {
namespace {

TEST(Router, FindsARouteWithoutAllocating) {
  auto declared = config::route("forms", config::Protocol::Generic);
  declared.paths = {{config::PathType::Prefix, "/a-prefix-that-is-long-enough-for-the-heap", {"POST"}}};
  auto own = config::route("a-model-with-a-name-that-is-long-enough-for-the-heap");
  own.hostnames = {"a-host-with-a-name-that-is-long-enough.example.com"};
  const auto config = config::config_of({declared, own, config::route("chat", config::Protocol::OpenAI)});
  const Router router(config);
  const std::string path = "/v2/models/a-model-with-a-name-that-is-long-enough-for-the-he%61p/versions/v2/infer";
  const std::string declared_path = "/%61-prefix-that-is-long-enough-for-the-heap/and/more";
  std::string target;
  target.reserve(200);

  const long before = allocations;
  const auto match = router.match("A-Host-With-A-Name-That-Is-Long-Enough.example.com.", "POST", path);
  const auto generic = router.match("h", "POST", declared_path);
  const auto openai = router.match("h", "POST", "/v1/chat/completions");
  append_upstream_target(target, *match, path, "query", true);
  EXPECT_EQ(allocations, before);
  EXPECT_EQ(match->candidates.front(), 1u);
  EXPECT_TRUE(generic.ok());
  EXPECT_TRUE(openai.ok());
}

}  // namespace
}  // namespace mlgateway::protocol
