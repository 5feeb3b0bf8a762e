import Testing
import Trainer

@Test func aRateWithoutAScheduleStays() {
  #expect([0, 1, 1_000_000].allSatisfy { LearningSchedule().factor(step: $0) == 1 })
}

@Test func theRateRisesInALineAndFallsInHalfACosine() {
  let schedule = LearningSchedule(warmUp: 10, decay: 110, floor: 0.1)
  #expect(abs(schedule.factor(step: 0) - 0.1) < 1e-6)
  #expect(abs(schedule.factor(step: 4) - 0.5) < 1e-6)
  #expect(schedule.factor(step: 10) == 1)
  #expect(abs(schedule.factor(step: 60) - 0.55) < 1e-6)
  #expect([110, 5000].allSatisfy { abs(schedule.factor(step: $0) - 0.1) < 1e-6 })
  let falling = (10...110).map(schedule.factor)
  #expect(zip(falling, falling.dropFirst()).allSatisfy { $0 >= $1 })
}
