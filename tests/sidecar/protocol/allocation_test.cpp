#include <cstdlib>
#include <new>
#include <string>

#include <gtest/gtest.h>

#include "sidecar/protocol/router.hpp"
#include "sidecar/protocol/upstream_target.hpp"
#include "tests/sidecar/config/routes.hpp"

namespace {
thread_local long allocations = 0;

// Not inlined, or GCC sees only this half of a pair inlined and warns of a mismatch.
[[gnu::noinline]] void give_back(void* memory) noexcept { std::free(memory); }
}  // namespace

// Of this test program only, so that the promise of router.hpp can be kept to. All forms together: AddressSanitizer has
// its own of each and would see one's memory come back through the other.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(size);
}
void* operator new(std::size_t size) {
  if (void* memory = operator new(size, std::nothrow)) return memory;
  throw std::bad_alloc();
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return operator new(size, std::nothrow); }
void* operator new[](std::size_t size) { return operator new(size); }
void operator delete(void* memory) noexcept { give_back(memory); }
void operator delete(void* memory, std::size_t) noexcept { give_back(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { give_back(memory); }
void operator delete[](void* memory) noexcept { give_back(memory); }
void operator delete[](void* memory, std::size_t) noexcept { give_back(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept { give_back(memory); }

namespace mlgateway::protocol {
namespace {

TEST(Router, FindsARouteWithoutAllocating) {
  auto declared = config::route("forms", config::Protocol::Generic);
  declared.paths = {{config::PathType::Prefix, "/a-prefix-that-is-long-enough-for-the-heap", {"POST"}}};
  auto own = config::route("a-model-with-a-name-that-is-long-enough-for-the-heap");
  own.hostnames = {"a-host-with-a-name-that-is-long-enough.example.com"};
  const auto config =
      config::config_of({declared, own, config::route("chat", config::Protocol::OpenAI),
                         route("a-model-with-a-name-that-is-long-enough-for-the-heap", config::Protocol::KServeV1),
                         route("", config::Protocol::MLflow),
                         route("a-model-with-a-name-that-is-long-enough-for-the-heap", config::Protocol::TorchServe)});
  const Router router(config);
  const std::string path = "/v2/models/a-model-with-a-name-that-is-long-enough-for-the-he%61p/versions/v2/infer";
  const std::string v1_path = "/v1/models/a-model-with-a-name-that-is-long-enough-for-the-he%61p/versions/v2%3Apredict";
  const std::string torchserve_path = "/predictions/a-model-with-a-name-that-is-long-enough-for-the-he%61p/v2";
  const std::string declared_path = "/%61-prefix-that-is-long-enough-for-the-heap/and/more";
  std::string target;
  target.reserve(200);

  const long before = allocations;
  const auto match = router.match("A-Host-With-A-Name-That-Is-Long-Enough.example.com.", "POST", path);
  const auto generic = router.match("h", "POST", declared_path);
  const auto openai = router.match("h", "POST", "/v1/chat/completions");
  const auto v1 = router.match("h", "POST", v1_path);
  const auto mlflow = router.match("h", "POST", "/invocations");
  const auto torchserve = router.match("h", "POST", torchserve_path);
  append_upstream_target(target, *match, path, "query", true);
  EXPECT_EQ(allocations, before);
  EXPECT_EQ(match->candidates.front(), 1u);
  EXPECT_TRUE(generic.ok());
  EXPECT_TRUE(openai.ok());
  EXPECT_TRUE(v1.ok());
  EXPECT_TRUE(mlflow.ok());
  EXPECT_TRUE(torchserve.ok());
}

}  // namespace
}  // namespace mlgateway::protocol
