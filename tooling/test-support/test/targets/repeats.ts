/** Answers each question with itself. */
process.on('message', (question) => process.send?.(question))
process.on('disconnect', () => process.exit(0))
