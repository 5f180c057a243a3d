"""Given names that are common in some country."""

GIVEN_NAMES = frozenset(
    name
    for line in """
    james john robert michael william david richard joseph thomas charles christopher daniel matthew
    anthony mark donald steven paul andrew joshua kenneth kevin brian george edward ronald timothy
    jason jeffrey ryan jacob gary nicholas eric jonathan stephen larry justin scott brandon benjamin
    samuel gregory frank alexander raymond patrick jack dennis jerry tyler aaron jose adam henry
    nathan douglas zachary peter kyle walter ethan jeremy harold keith christian roger noah gerald
    carl terry sean arthur austin lawrence jesse dylan bryan joe jordan billy bruce albert willie
    gabriel logan alan juan wayne roy ralph randy eugene vincent russell elijah louis bobby philip
    johnny liam oliver owen lucas mason mary patricia jennifer linda elizabeth barbara susan jessica
    sarah karen lisa nancy betty margaret sandra ashley kimberly emily donna michelle carol amanda
    dorothy melissa deborah stephanie rebecca sharon laura cynthia kathleen amy angela shirley anna
    brenda pamela emma nicole helen samantha katherine christine debra rachel carolyn janet
    catherine maria heather diane ruth julie olivia joyce virginia victoria kelly lauren christina
    joan evelyn judith megan andrea cheryl hannah jacqueline martha gloria teresa ann sara madison
    frances kathryn janice jean abigail alice julia judy sophia grace denise amber doris marilyn
    danielle beverly isabella theresa diana natalie brittany charlotte marie kayla alexis lori mia
    ava hans klaus jurgen jürgen wolfgang dieter manfred uwe gunter günter horst bernd karl heinz
    stefan andreas markus matthias jan lukas leon felix jonas ursula monika petra elke sabine renate
    helga karin brigitte ingrid erika claudia birgit heike martina gabriele lena lea pierre jacques
    philippe alain bernard luc francois françois nicolas julien antoine camille sophie isabelle
    nathalie sylvie valerie valérie chloe chloé manon carlos manuel antonio jesus jesús javier
    francisco miguel rafael pedro angel ángel alejandro fernando pablo sergio jorge alberto luis ana
    carmen isabel dolores pilar josefa rosa cristina lucia lucía elena marta giuseppe giovanni mario
    luigi francesco marco stefano roberto paolo luca alessandro giulia chiara francesca paola joao
    joão paulo josé tiago rui beatriz ines inês mariana piotr krzysztof andrzej tomasz pawel paweł
    katarzyna malgorzata małgorzata agnieszka ewa krystyna erik lars anders johan nils bjorn björn
    ole sven kari astrid wei li ming mei hiroshi takashi yuki kenji sakura ahmed mohammed mohamed
    muhammad ali omar hassan fatima aisha layla priya rahul amit raj sunita anita vijay sanjay ravi
    deepak ivan dmitri sergei sergey olga natalia tatiana irina svetlana mehmet mustafa ayse ayşe
    fatma emre
    """.splitlines()
    for name in line.split()
)
